"""The form of a mark, one for all ways."""

from pydantic import BaseModel, Field

from appeals.feedback.model import LONGEST_COMMENT, Settled, Verdict
from web.forms import Submitted
from web.languages import gettext as _


class MarkForm(BaseModel):
    """What the author says."""

    mark: int = Field(ge=1, le=5)
    settled: Settled
    comment: str = Field("", max_length=LONGEST_COMMENT)


def verdict_of(form: Submitted[MarkForm]) -> Verdict | None:
    """What was said; None where something is missing, which is told beside its field."""
    given = form.value
    if given is None:
        return None
    verdict = Verdict(given.mark, given.settled, given.comment)
    if verdict.lacks_words:
        form.refuse("comment", _("Say what is not settled"))
        return None
    return verdict
