"""python -m run.development.settings_page: writes docs/settings.md, so that no setting stays unsaid."""

from typing import get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from run.host import keys
from run.host.release import SOURCE
from run.settings import Settings

PAGE = SOURCE / "docs" / "settings.md"
HEAD = """# Settings

Every setting is an environment variable. Given to `make run` it is kept in `<data>/holos.env`, which may also be edited
(then `make run` again); passwords and keys are made there at the first start. What only root may know is in
`<data>/owner.env`. Containers take the same names (`compose.yaml`). This page is written by
`python -m run.development.settings_page`.

| setting | default | meaning |
|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    return HEAD + "".join(_line(name, field) for name, field in Settings.model_fields.items())


def _line(name: str, field: FieldInfo) -> str:
    meaning = field.description or name.replace("_", " ")
    return f"| `HOLOS_{name.upper()}` | {_default(name, field)} | {meaning} |\n"


def _default(name: str, field: FieldInfo) -> str:
    value = field.default
    if isinstance(value, SecretStr):
        return "made at the install" if name in (*keys.SHARED, *keys.OWNERS) else ""
    if value in ("", None, PydanticUndefined):
        return ""
    if get_origin(field.annotation) is list:
        value = "[" + ", ".join(f'"{item}"' for item in value) + "]"
    if isinstance(value, dict):
        value = "{" + ", ".join(f'"{key}": "{item}"' for key, item in value.items()) + "}"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    PAGE.write_text(page())
