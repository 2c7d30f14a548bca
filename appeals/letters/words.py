"""What the letters to authors are called, and which of them citizens may refuse as SMS."""

from typing import Final

from appeals.feedback.words import ASKED
from appeals.letters.queries import OF_THE_WORK
from appeals.notices.words import MAILED, TEMPLATES
from appeals.terms.words import EXTENDED

_LETTERS: Final = (*OF_THE_WORK, EXTENDED, *TEMPLATES.values(), MAILED, ASKED)
NAMES: Final = {each.code: each.name for each in _LETTERS}
FOR_CITIZENS: Final = frozenset(each.code for each in _LETTERS if each.to_citizens)
