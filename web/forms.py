"""What a person typed: checked by a pydantic model, told about field by field in their language, and never lost.

    @router.post("/people")
    def add(request: Request, form: Annotated[Submitted[NewPerson], submitted(NewPerson)], ...) -> Response:
        if form.value is None:
            return render(request, "staff/person_new.html", status=422, form=form)
        service.add(session, form.value, by=person)

In the template `form.typed.login` is what was typed, `form.errors.login` what is wrong with it; `ui.field` shows both.
A service's refusal is added with `form.refuse("login", _("This name is taken"))`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import UnionType
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

import phonenumbers
from fastapi import Depends
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from db import is_storable
from web.languages import audience, ngettext
from web.languages import gettext as _

Model = TypeVar("Model", bound=BaseModel)

Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 1, 1))]  # one that somebody may mean


@dataclass(slots=True)
class Submitted(Generic[Model]):
    """A form as it came in: the checked value, or what is wrong; and in both cases what was typed."""

    typed: dict[str, Any] = field(default_factory=dict)
    value: Model | None = None
    errors: dict[str, str] = field(default_factory=dict)

    def refuse(self, name: str, message: str) -> None:
        """A rule the model cannot know was broken: the form is shown again with the message at the field."""
        self.errors[name] = message
        self.value = None


def blank(**typed: Any) -> Submitted[Any]:
    """A form nobody has sent yet, filled with what is known."""
    return Submitted(typed=typed)


def submitted(model: type[Model]) -> Any:
    """The dependency that reads and checks a form of this model."""

    async def read(request: Request) -> Submitted[Model]:  # reading a body is only possible awaiting it
        return checked(model, await request.form())

    return Depends(read)


def checked(model: type[Model], data: FormData | Mapping[str, Any]) -> Submitted[Model]:
    """The form's fields against the model. Empty fields count as not sent, texts lose the white space around them."""
    typed: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if _is_list(info.annotation):
            values: Any = data.getlist(name) if isinstance(data, FormData) else data.get(name, [])
            typed[name] = [value.strip() if isinstance(value, str) else value for value in values]
        else:
            value = data.get(name, "")
            typed[name] = value.strip() if isinstance(value, str) else value
    sent = {name: value for name, value in typed.items() if value not in ("", [])}
    form: Submitted[Model] = Submitted(
        typed={name: "" if isinstance(value, UploadFile) else value for name, value in typed.items()}
    )
    try:
        form.value = model.model_validate(sent)
    except ValidationError as problem:
        form.errors = field_messages(problem.errors())
    for name, value in typed.items():
        if not is_storable(value) or not is_storable(getattr(form.value, name, None)):
            form.refuse(name, _("This value is not understood"))
    return form


def telephone(typed: str) -> str | None:
    """The number as E.164, "" when nothing is typed, None when it is no number."""
    if not typed.strip():
        return ""
    try:
        parsed = phonenumbers.parse(typed, audience().country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _is_list(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(_is_list(part) for part in get_args(annotation))
    return origin in (list, set, frozenset, tuple)


def field_messages(errors: list[ErrorDetails], *, whole: bool = False) -> dict[str, str]:
    """pydantic's errors as one sentence a field, in the audience's language; `whole` names the way to each field."""
    messages: dict[str, str] = {}
    for error in errors:
        where = [str(part) for part in error["loc"] if part not in ("body", "query", "path", "form")]
        named = ".".join(where) if whole else where[0] if where else ""
        messages.setdefault(named or "form", message_of(error))
    return messages


def message_of(error: ErrorDetails) -> str:
    """One of pydantic's errors in plain words."""
    limits = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return _("Fill in this field")
        case "string_too_short":
            least = int(limits["min_length"])
            return ngettext("Write at least %d character", "Write at least %d characters", least) % least
        case "string_too_long":
            most = int(limits["max_length"])
            return ngettext("Write at most %d character", "Write at most %d characters", most) % most
        case "int_parsing" | "int_type" | "int_from_float" | "float_parsing" | "decimal_parsing":
            return _("Write a number")
        case "greater_than_equal" | "less_than_equal" | "greater_than" | "less_than":
            return _out_of_range(error["type"], limits)
        case "enum" | "literal_error":
            return _("Choose one of the values offered")
        case "date_parsing" | "date_from_datetime_parsing" | "date_type" | "datetime_parsing" | "time_parsing":
            return _("Write a date that exists")
        case "too_short":
            return _("Choose at least one")
        case "extra_forbidden":
            return _("There is no such field")
        case "value_error" if "error" in limits:
            return _(str(limits["error"]))  # raised by our validators as messages of the catalogue
        case _:
            return _("This value is not understood")


def _out_of_range(kind: str, limits: Mapping[str, object]) -> str:
    match kind:
        case "greater_than_equal":
            return _("Write %s or more") % str(limits["ge"])
        case "less_than_equal":
            return _("Write %s or less") % str(limits["le"])
        case "greater_than":
            return _("Write more than %s") % str(limits["gt"])
        case _:
            return _("Write less than %s") % str(limits["lt"])


def row_id(written: str) -> int | None:
    """The id that an address or a field names; None for what cannot be one."""
    return int(written) if written.isascii() and written.isdecimal() and len(written) < 19 else None
