"""python -m run.development.messages [LANGUAGE]: what pages and code say, and what of it has no translation.

Prints the missing entries as PO, grouped by the domain whose catalogue they belong to,
`web/locale/<language>/<domain>.po`.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from run.host.release import SOURCE
from web.languages import LANGUAGES, LOCALES
from web.words import FRONTEND, SAID

KEYWORDS = {
    "_": None,
    "gettext": None,
    "later": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
JINJA_OPTIONS = {"extensions": "jinja2.ext.do", "trimmed": "true", "silent": "false"}
PACKAGES = (
    "acd",
    "agi",
    "appeals",
    "calls",
    "ivr",
    "notify",
    "recordings",
    "reports",
    "run",
    "staff",
    "supervisor",
    "web",
)

OWNERS = {
    "desk": "acd",
    "phone": "acd",
    "visitor": "acd",
    "player": "recordings",
    "menus": "ivr",
    "addresses": "appeals",
    "applicants": "appeals",
    "attachments": "appeals",
    "map": "appeals",
    "maps": "appeals",
    "news": "web",
    "journal": "appeals",
    "board": "supervisor",
    "wall": "supervisor",
} | dict.fromkeys(
    ("app", "page", "live", "drafts", "ui", "problems", "rail", "run", "search", "words", "theme"), "web"
)  # scripts and frames by the domain they belong to


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """A text for the reader: one form, or two where it counts something."""

    singular: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        """As a catalogue knows it."""
        return (self.singular, self.plural) if self.plural else self.singular


def said() -> dict[Message, Path]:
    """Every message and one of the places where it is said."""
    found: dict[Message, Path] = {}
    for path in sorted(_sources()):
        for message in _messages_of(path):
            found.setdefault(message, path.relative_to(SOURCE))
    return found


def _sources() -> Iterator[Path]:
    for package in PACKAGES:
        yield from (SOURCE / package).rglob("*.py")
    yield from (SOURCE / "web" / "templates").rglob("*.html")
    yield from FRONTEND.rglob("*.ts")


def _messages_of(path: Path) -> Iterator[Message]:
    if path.suffix == ".ts":
        for match in SAID.finditer(path.read_text("utf-8")):
            yield Message(ast.literal_eval(f'"{match.group(1)}"'))
        return
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    options = JINJA_OPTIONS if path.suffix == ".html" else {}
    with path.open("rb") as source:
        for _, texts, _, context in extract(method, source, KEYWORDS, (), options):
            forms = (texts,) if isinstance(texts, str) else tuple(text for text in texts if text)
            if context:
                forms = forms[1:] if forms[0] == context else forms
            if forms and forms[0]:
                yield Message(forms[0], forms[1] if len(forms) > 1 else "", context or "")


def catalogues(language: str) -> dict[str, Catalog]:
    """The language's catalogues by domain."""
    read: dict[str, Catalog] = {}
    for path in sorted((LOCALES / language).glob("*.po")):
        with path.open("rb") as source:
            read[path.stem] = read_po(source, locale=language, abort_invalid=True)
    return read


def missing(language: str) -> dict[Message, Path]:
    """What is said and has no complete translation in this language. English is the source and lacks nothing."""
    if language == "en":
        return {}
    known = catalogues(language).values()
    return {message: path for message, path in said().items() if not any(_is_in(one, message) for one in known)}


def _is_in(catalogue: Catalog, message: Message) -> bool:
    entry = catalogue.get(message.key, message.context or None)
    if entry is None or entry.fuzzy:
        return False
    return all(entry.string) if isinstance(entry.string, tuple) else bool(entry.string)


def domain_of(path: Path) -> str:
    """The catalogue a message of this file belongs to."""
    name = path.parts[0]
    if path.parts[:2] in {("web", "templates"), ("web", "frontend")} and len(path.parts) > 3:
        name = path.parts[2]
    elif path.parts[:2] == ("web", "frontend"):
        name = path.stem
    return OWNERS.get(name, name)


def _main() -> int:
    gaps = 0
    for language in sys.argv[1:] or [each for each in LANGUAGES if each != "en"]:
        found = missing(language)
        gaps += len(found)
        for domain in sorted({domain_of(path) for path in found.values()}):
            print(f"\n# {language}/{domain}.po")
            for message, path in sorted(found.items()):
                if domain_of(path) == domain:
                    print(_as_po(message))
    return 1 if gaps else 0


def _as_po(message: Message) -> str:
    quoted = [
        form.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for form in (message.singular, message.plural)
    ]
    lines = [f'msgctxt "{message.context}"'] if message.context else []
    lines.append(f'msgid "{quoted[0]}"')
    lines += [f'msgid_plural "{quoted[1]}"', 'msgstr[0] ""'] if message.plural else ['msgstr ""']
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(_main())
