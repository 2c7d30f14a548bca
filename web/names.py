"""What people call something, in each of the product's languages: fields of a form, and the names it holds."""

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import BaseModel, Field

from web.forms import Submitted
from web.languages import LANGUAGES
from web.languages import gettext as _

LONGEST = 80


class NamesForm(BaseModel):
    """A name in each language; `refuse_unnamed` says which ones are needed."""

    name_uk: str = Field("", max_length=LONGEST)
    name_uz: str = Field("", max_length=LONGEST)
    name_ru: str = Field("", max_length=LONGEST)
    name_en: str = Field("", max_length=LONGEST)


def names_of(form: NamesForm) -> dict[str, str]:
    """The names that were given, by language."""
    given = {code: str(getattr(form, f"name_{code}")) for code in LANGUAGES}
    return {code: name for code, name in given.items() if name}


def typed(names: Mapping[str, str]) -> dict[str, str]:
    """The names as the fields hold them before anybody types."""
    return {f"name_{code}": names.get(code, "") for code in LANGUAGES}


def refuse_unnamed(form: Submitted[Any], languages: Collection[str]) -> None:
    """A name is needed in every language that the organisation offers."""
    for code in languages:
        if not form.typed.get(f"name_{code}") and f"name_{code}" not in form.errors:
            form.refuse(f"name_{code}", _("Fill in this field"))
