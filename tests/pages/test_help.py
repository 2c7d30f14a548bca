"""The manual for citizens, one press from each page of theirs, in the language of the page."""

import pytest

from run.pages.manual import html_of
from tests.client import Client
from web.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_in_each_language(anybody: Client, language: str) -> None:
    anybody.post("/language", data={"language": language, "next": "/help"})
    page = anybody.get("/help")
    text = page.text.partition('<article class="manual">')[2].partition("</article>")[0]
    assert (page.status_code, text.count("<h2>"), text.count("<li>")) == (200, 6, 4)
    assert "<strong>" in text
    assert not [sign for sign in ("**", "](", "![", "## ") if sign in text]


def test_only_what_our_manuals_have_becomes_html() -> None:
    told = html_of("## A\n\n- one\n  more *soft*\n- **two**\n\n1. x\n\n<b>&\n\n[here](/write) [there](javascript:x)\n")
    assert told == (
        "<h2>A</h2>\n<ul><li>one more <em>soft</em></li><li><strong>two</strong></li></ul>\n<ol><li>x</li></ol>\n"
        '<p>&lt;b&gt;&amp;</p>\n<p><a href="/write">here</a> [there](javascript:x)</p>'
    )
