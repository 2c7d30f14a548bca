"""When callers are led to a roster and nobody is on duty. Pure, as `ivr.hours`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from ivr.hours import on_duty, shut
from ivr.model import Closed, Menus, OpeningHours, Roster, ToDuty

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Gap:
    """From `since` until `until`, aware local time; `until` is None where it is longer than anybody looked."""

    roster: str
    since: datetime
    until: datetime | None


def gaps(
    roster: Roster,
    needed: Callable[[datetime], bool],
    *,
    at: datetime,
    zone: str,
    ahead: timedelta = AHEAD,
    changes: tuple[time, ...] = (),
) -> list[Gap]:
    """When nobody is on duty although the roster is `needed`, from `at` on; `changes` is when else a day may change."""
    found: list[Gap] = []
    since: datetime | None = None
    for moment in _moments(roster, changes, at, zone, ahead):
        uncovered = needed(moment) and on_duty(roster, moment, zone) is None
        if uncovered and since is None:
            since = moment
        elif not uncovered and since is not None:
            found.append(Gap(roster.name, since, moment))
            since = None
    return [*found, Gap(roster.name, since, None)] if since is not None else found


def uncovered(menus: Menus, *, at: datetime, zone: str, country: str, ahead: timedelta = AHEAD) -> list[Gap]:
    """The gaps of every roster that callers are led to: by a key while its menu is open, or out of hours."""
    spans = [span for day in (*menus.hours.weekly, *menus.hours.special.values()) for span in day]
    changes = tuple({moment for span in spans for moment in (span.since, span.until)})

    found: list[Gap] = []
    for roster in menus.rosters:
        at_night = _leads(menus.closed, roster.name)
        by_day, at_any_hour = (_by_a_key(menus, roster.name, staffed=staffed) for staffed in (True, False))
        needs = {True: at_night or at_any_hour, False: by_day or at_any_hour}
        if any(needs.values()):
            found += gaps(
                roster,
                partial(_needed, menus.hours, needs, zone, country),
                at=at,
                zone=zone,
                ahead=ahead,
                changes=changes,
            )
    return sorted(found, key=lambda gap: gap.since)


def _needed(hours: OpeningHours, needs: Mapping[bool, bool], zone: str, country: str, moment: datetime) -> bool:
    """Whether callers are led to a roster at the moment; `needs` by whether the centre is shut."""
    return needs[shut(hours, moment, zone, country) is not None]


def _leads(closed: Closed, roster: str) -> bool:
    return isinstance(closed.then, ToDuty) and closed.then.roster == roster


def _by_a_key(menus: Menus, roster: str, *, staffed: bool) -> bool:
    return any(
        isinstance(action, ToDuty) and action.roster == roster
        for menu in menus.menus
        if menu.staffed is staffed
        for action in (*menu.choices.values(), menu.otherwise)
    )


def _moments(
    roster: Roster, changes: tuple[time, ...], at: datetime, zone: str, ahead: timedelta
) -> Iterator[datetime]:
    """Every moment from `at` on at which something may become different, in order, local; the clock's jumps too."""
    local = at.astimezone(ZoneInfo(zone))
    spans = [duty.during for duty in roster.duties if duty.during is not None]
    times = {time(0), *changes, *(moment for span in spans for moment in (span.since, span.until))}
    days = (local.date() + timedelta(days=number) for number in range(ahead.days + 1))
    moments = {
        datetime.combine(day, moment, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
        for day in days
        for moment in times
    }
    until = at + ahead
    yield local
    yield from (moment.astimezone(ZoneInfo(zone)) for moment in sorted(moments) if at < moment < until)
