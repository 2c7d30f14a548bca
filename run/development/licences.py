"""python -m run.development.licences: every library the product brings along and its licence.

Fails on a licence that is not known. Python's come from the metadata of what the lock file names, JavaScript's from
what `package-lock.json` names.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

from run.host.release import SOURCE

PERMITTED = (
    "0BSD", "Apache", "BlueOak", "BSD", "CC0", "CC-BY-4.0", "HPND", "ISC", "LGPL", "MIT", "MPL", "PSF", "Python",
    "Unlicense", "Zope", "ZPL", "EUPL", "Lesser General Public", "Mozilla", "Public Domain", "Unicode", "Zlib",
)  # fmt: skip
KNOWN_BY_HAND = {
    "aiosmpplib": "MIT",
    "docopt": "MIT",
    "pyphen": "MPL-1.1",  # or GPL, or LGPL: whichever one likes
}


@dataclass(frozen=True, slots=True, order=True)
class Library:
    """One library and what it says about itself."""

    name: str
    version: str
    licence: str
    language: str

    @property
    def is_permitted(self) -> bool:
        """Whether the licence, or one of those it may be used under, is known to permit the use."""
        choices = re.split(r"\s+OR\s+", self.licence)
        return any(all(_is_known(part) for part in re.split(r"\s+AND\s+|,", choice)) for choice in choices)


def _is_known(licence: str) -> bool:
    """Whether a permitted licence is named, as words of their own."""
    return any(
        re.search(rf"(?<![a-z]){re.escape(known)}(v?\d|(?![a-z]))", licence, re.IGNORECASE) for known in PERMITTED
    )


def inventory() -> list[Library]:
    """Every library, by language and name."""
    return sorted([*_python(), *_javascript()], key=lambda each: (each.language, each.name))


def _python() -> Iterator[Library]:
    lock = (SOURCE / "requirements.lock").read_text("utf-8")
    for name, version, condition in re.findall(r"^([\w.-]+)==([^\s;]+)(?: ; ([^\\\n]+))?", lock, re.MULTILINE):
        try:
            yield Library(name, version, KNOWN_BY_HAND.get(name) or _licence(name), "Python")
        except PackageNotFoundError:
            if not condition:
                raise  # unconditional, so it must be installed


def _licence(name: str) -> str:
    about = distribution(name).metadata.json
    if expression := about.get("license_expression"):
        return str(expression)
    classifiers = [text.split("::")[-1].strip() for text in about.get("classifier", ()) if "License ::" in text]
    return ", ".join(classifiers) or str(about.get("license", "")).strip().split("\n")[0][:60]


def _javascript() -> Iterator[Library]:
    packages = json.loads((SOURCE / "package-lock.json").read_text("utf-8"))["packages"]
    for place, package in packages.items():
        if place:
            name = place.rpartition("node_modules/")[2]
            yield Library(name, package["version"], str(package.get("license", "")), "JavaScript")


def _main() -> int:
    libraries = inventory()
    for each in libraries:
        print(f"{each.language:10}  {each.name:32} {each.version:16} {each.licence or 'UNKNOWN'}")
    unknown = [each.name for each in libraries if not each.is_permitted]
    if unknown:
        print(f"not known to permit the use: {', '.join(unknown)}", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(_main())
