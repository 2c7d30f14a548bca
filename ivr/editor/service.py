"""Every change to the draft of the menus, and its way to the callers."""

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ivr import document, editing, queries
from ivr.faults import Surroundings
from ivr.model import Menus
from ivr.service import ChangedMeanwhile, publish
from ivr.tables import MenuDocument, MenuDraft


def change_draft(
    session: Session, organisation: int, change: Callable[[Menus], Menus], *, place: str, seen: str, by: int
) -> None:
    """One part of the draft changed; the draft is begun with what is published. `seen` is the part's fingerprint when
    it was shown: ChangedMeanwhile when somebody else has changed it since. BadDocument for what is unreadable. Neither
    leaves a draft that was begun for it.
    """
    with session.begin_nested():
        draft = _begun(session, organisation, by)
        menus = document.parse(draft.document)
        if editing.fingerprint(menus, place) != seen:
            raise ChangedMeanwhile(place)
        try:
            _keep(draft, change(menus), by)
        except KeyError as error:  # the menu or roster is gone
            raise ChangedMeanwhile(place) from error


def replace_draft(session: Session, organisation: int, menus: Menus, *, revision: int, by: int) -> None:
    """Other menus in place of the whole draft, an import. ChangedMeanwhile when `revision` is not the draft's."""
    before = queries.find_draft(session)
    with session.begin_nested():
        draft = _begun(session, organisation, by)
        if revision != (draft.revision if before is not None else 0):
            raise ChangedMeanwhile("draft")
        _keep(draft, menus, by)


def discard_draft(session: Session, organisation: int, *, revision: int) -> None:
    """What was changed is thrown away. ChangedMeanwhile when the draft is not the one that was shown."""
    draft = _as_shown(session, organisation, revision)
    session.delete(draft)
    session.flush()


def publish_draft(
    session: Session, organisation: int, *, revision: int, here: Surroundings, by: int, note: str
) -> MenuDocument:
    """The draft becomes what callers hear. BadDocument with each reason; ChangedMeanwhile as with `discard_draft`."""
    draft = _as_shown(session, organisation, revision)
    published = publish(session, organisation, document.parse(draft.document), by=by, note=note, here=here)
    session.delete(draft)
    session.flush()
    return published


def restore(session: Session, old: MenuDocument, *, here: Surroundings, by: int) -> MenuDocument:
    """An old version is heard again, as the newest one; a draft under way stays. BadDocument when it no longer fits."""
    menus = document.parse(old.document)
    return publish(session, old.organisation_id, menus, by=by, restores=old.version, here=here)


def _as_shown(session: Session, organisation: int, revision: int) -> MenuDraft:
    draft = queries.draft_to_change(session, organisation)
    if draft.revision != revision:
        raise ChangedMeanwhile("draft")
    return draft


def _begun(session: Session, organisation: int, by: int) -> MenuDraft:
    """The draft, locked; begun if nobody has."""
    published = queries.find_document(session)
    begun = insert(MenuDraft).values(
        organisation_id=organisation,
        document=published.document if published else document.write(editing.FIRST),
        revision=1,
        based_on=published.version if published else 0,
        changed_by=by,
    )
    session.execute(begun.on_conflict_do_nothing(index_elements=["organisation_id"]))
    return queries.draft_to_change(session, organisation)


def _keep(draft: MenuDraft, menus: Menus, by: int) -> None:
    written = document.write(menus)
    document.parse(written)
    draft.document, draft.revision = written, draft.revision + 1
    draft.changed_by, draft.changed_at = by, datetime.now(UTC)
