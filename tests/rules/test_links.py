"""Links of the documents lead somewhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from run.host.release import SOURCE

DOCUMENTS = sorted([*SOURCE.glob("*.md"), *(SOURCE / "docs").rglob("*.md")])
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
LINK = re.compile(
    r"""\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)|\b(?:src|href)="([^"]+)"|^\[[^\]]+\]:\s*(\S+)""", re.MULTILINE
)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//|#", re.IGNORECASE)


def links(document: Path) -> Iterator[str]:
    """Relative links of a document, outside code, without what follows `#`."""
    for match in LINK.finditer(CODE.sub("`code`", document.read_text("utf-8"))):
        target = next(group for group in match.groups() if group)
        if not ELSEWHERE.match(target):
            yield unquote(target.partition("#")[0])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_relative_link_leads_to_a_file(document: Path):
    broken = [target for target in links(document) if not (document.parent / target).exists()]
    assert broken == []


def test_links_are_seen_in_every_way_of_writing(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(
        '[a](one.md) ![b](two%20.png "b") <img src="three.png">\n`[c](no.md)`\n\n[d]: four.md#x\n[e](https://x/y)'
    )
    assert list(links(page)) == ["one.md", "two .png", "three.png", "four.md"]
