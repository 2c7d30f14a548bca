"""Appeals by topics as an Excel file: the tree, then the topics of calls."""

from collections.abc import Iterator, Sequence

from reports.book import Cell, Share, Table
from reports.topics.panel import Page, Topic
from web.languages import gettext as _


def tables(page: Page) -> Iterator[Table]:
    """Two sheets; of the tree each line has its own appeals beside those with everything below it."""
    heads = [(_("Code"), 14), (_("Topic"), 60), (_("Level"), 10), (_("Own"), 12), (_("With those below"), 18)]
    tree: list[Sequence[Cell]] = [
        [each.code, each.name, each.depth + 1, each.own, each.number, Share(each.share)] for each in page.questions
    ]
    none: list[Sequence[Cell]] = (
        [["", _("without a main question"), None, page.without, page.without, None]] if page.without else []
    )
    yield Table(_("Main questions"), [*heads, (_("Share"), 12)], [*tree, *none])
    yield Table(
        _("Topics of calls"),
        [(_("Code"), 18), (_("Topic"), 40), (_("Appeals"), 12), (_("Share"), 12)],
        _flat(page.topics),
    )


def _flat(topics: Sequence[Topic]) -> Iterator[Sequence[Cell]]:
    for each in topics:
        yield [each.code, each.name, each.number, Share(each.share)]
