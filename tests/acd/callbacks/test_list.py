"""The list of owed calls, narrowed."""

import pytest

from acd.callbacks import queries
from acd.callbacks.queries import Filters
from calls.model import QueueName
from db import NotFound
from tests.acd.callbacks.conftest import NUMBER, Owing


def test_the_list_is_narrowed_by_each_filter(owing: Owing):
    owing.asks("0502223344")
    owing.gives_up(queue=QueueName("khm-water"))

    def shown(**wanted: str) -> list[str]:
        return [row.owed.number for row in queries.page(owing.session, Filters(**wanted))]

    assert shown() == ["+380502223344", NUMBER], "who asked comes first"
    assert shown(queue="khm-water") == [NUMBER]
    assert shown(reason="asked") == ["+380502223344"]
    assert shown(digits="2233") == [NUMBER]
    assert shown(state="closed") == []
    assert shown(language="ru") == []
    assert queries.count_open(owing.session) == 2


def test_an_unknown_one_is_not_found(owing: Owing):
    with pytest.raises(NotFound):
        queries.get(owing.session, 10**9)
