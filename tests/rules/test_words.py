"""Words that two places say in their own way name the same things."""

from acd import desk
from acd.model import Result
from calls import words
from calls.agreement import Reason
from calls.model import Fate, LegOutcome, VisitOutcome
from run.pages.status import JOBS
from run.scheduler import jobs_of
from run.settings import Settings


def test_each_result_of_a_talk_has_its_key_at_the_desk_and_its_word_in_the_journal():
    assert list(desk.RESULT_WORDS) == list(Result), "the order is that of the keys 1 to 9"
    assert list(words.RESULTS) == [result.value for result in Result]


def test_each_outcome_and_each_reason_has_a_word():
    assert set(words.FATES) == set(words.TONES) == set(Fate)
    assert set(words.LEGS) == set(LegOutcome)
    assert set(words.VISITS) == set(VisitOutcome)
    assert set(words.DIFFERENCES) == set(Reason)


def test_each_job_of_the_scheduler_has_a_name_on_the_status_page():
    assert set(JOBS) == {job.name for job in jobs_of(Settings(_env_file=None))}
