"""Each test that the page of requirements names exists, and each row of it names one or says that nothing shows it."""

import re

import pytest

from run.host.release import SOURCE

PAGE = (SOURCE / "docs/requirements.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([UZ]-\d+) \|[^|]+\|(.+)\|$", PAGE, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=[f"{file}::{test}" for file, test in NAMED])
def test_a_test_that_is_named_exists(file: str, test: str) -> None:
    assert re.search(rf"^def {test}\(", (SOURCE / "tests" / file).read_text("utf-8"), re.MULTILINE)


def test_each_row_names_a_test_or_says_that_nothing_shows_it() -> None:
    assert len(ROWS) == len({row for row, _shown in ROWS}) > 100
    assert [row for row, shown in ROWS if "::test_" not in shown and "**not shown**" not in shown] == []
