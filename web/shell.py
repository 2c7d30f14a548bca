"""The frame around every page: the places in the rail and the person it is drawn for."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the left rail. `label` is a message for the catalogue (`web.languages.later`)."""

    url: str
    label: str
    permission: str
    icon: str
    number_url: str = ""  # a fragment with a number that stands beside the label and is asked for again and again


@dataclass(frozen=True, slots=True)
class Group:
    """Places of one matter, under a heading of the rail. `code` names it to the browser, which keeps it folded."""

    code: str
    label: str  # a message for the catalogue
    places: Sequence[Place]
    rare: bool = False  # not of every day: begins folded in a long rail


@dataclass(frozen=True, slots=True)
class Viewer:
    """The signed-in person, as the frame needs them."""

    id: int
    name: str
    organisation_id: int
    organisation: str
    language: str
    theme: str
    csrf: str
    session: str  # names the session to `web.live`; opens nothing
    may: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that those in charge see above every page for as long as it is so. `template` says what was `told`."""

    permission: str
    template: str
    told: Callable[[], object | None]  # None: all is well


@dataclass(frozen=True, slots=True)
class Shell:
    """What `run/` hands to the frame: the places of all domains, and addresses of parts it does not own."""

    groups: Sequence[Group] = ()
    search_url: str = ""  # GET with ?q=; no search field while empty
    about_url: str = ""  # what this installation is
    support: str = ""  # whom people turn to when the product itself is in trouble
    agent_state_url: str = ""  # a fragment with the agent's own state, for those who may use the desk
    agent_state_permission: str = ""
    alarms: Sequence[Alarm] = ()
    recognise: Callable[[Request], None] = field(default=lambda request: None)  # sets request.state.viewer


def shell_of(request: Request) -> Shell:
    """The application's shell."""
    shell = request.app.state.shell
    assert isinstance(shell, Shell)
    return shell


def viewer_of(request: Request) -> Viewer | None:
    """The person this request was recognised as, if any."""
    viewer = getattr(request.state, "viewer", None)
    assert viewer is None or isinstance(viewer, Viewer)
    return viewer


def groups_of(request: Request) -> list[tuple[Group, list[Place]]]:
    """The places the viewer may go to, by their groups, in the order of the rail; no group is empty."""
    viewer = viewer_of(request)
    if viewer is None:
        return []
    open_to = [
        (each, [place for place in each.places if viewer.may(place.permission)]) for each in shell_of(request).groups
    ]
    return [(group, places) for group, places in open_to if places]


def places_of(request: Request) -> list[Place]:
    """The places the viewer may go to, in the order of the rail."""
    return [place for _, places in groups_of(request) for place in places]


def alarms_of(request: Request) -> Iterator[tuple[str, object]]:
    """Templates of the alarms that the viewer must see now, each with what was told."""
    viewer = viewer_of(request)
    for alarm in shell_of(request).alarms if viewer is not None else ():
        if viewer is not None and viewer.may(alarm.permission) and (told := alarm.told()) is not None:
            yield alarm.template, told
