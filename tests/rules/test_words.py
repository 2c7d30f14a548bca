"""Words that two places say in their own way name the same things."""

import ast

import pytest

import acd.callbacks.words
import appeals.words
import recordings.keeping.words
import recordings.ledger.words
import recordings.words
import staff.words
from acd import desk
from acd.callbacks import model as owed
from acd.model import Result
from appeals import model as appeal
from calls import words
from calls.agreement import Reason
from calls.encoding import KINDS
from calls.events import CallEvent
from calls.model import Fate, Language, LegOutcome, Source, VisitOutcome
from calls.telling import TELLINGS
from recordings import model as recording
from recordings.keeping import model as keeping
from recordings.ledger import model as ledger
from run.development.messages import catalogues
from run.listener import READERS
from run.pages.status import COUNTS, JOBS
from run.pages.status import READERS as NAMES_OF_READERS
from run.scheduler import jobs_of
from run.settings import Settings
from staff.model import Role
from tests.rules.sources import modules, tree
from web.languages import LANGUAGES


def test_each_result_of_a_talk_has_its_key_at_the_desk_and_its_word_in_the_journal():
    assert list(desk.RESULT_WORDS) == list(Result), "the order is that of the keys 1 to 9"
    assert list(words.RESULTS) == [result.value for result in Result]


def test_each_outcome_and_each_reason_has_a_word():
    assert set(words.FATES) == set(words.TONES) == set(Fate)
    assert set(words.SOURCES) == set(Source)
    assert set(words.LANGUAGES) == set(Language)
    assert set(words.LEGS) == set(LegOutcome)
    assert set(words.VISITS) == set(VisitOutcome)
    assert set(words.DIFFERENCES) == set(Reason)


def test_each_part_of_an_appeal_has_a_word():
    assert set(appeals.words.KINDS) == set(appeal.Kind)
    assert set(appeals.words.STATES) == set(appeals.words.TONES) == set(appeal.State)
    assert set(appeals.words.RESULTS) == set(appeal.Result)
    assert set(appeals.words.SOURCES) == set(appeal.Source)


def test_each_part_of_an_owed_call_has_a_word():
    words_of = acd.callbacks.words
    assert set(words_of.STATES) == set(words_of.TONES) == set(owed.State)
    assert set(words_of.REASONS) == set(owed.Reason)
    assert set(words_of.OUTCOMES) == set(owed.Outcome)
    assert set(words_of.HINDRANCES) == set(owed.Hindrance)


def test_each_state_of_a_recording_and_each_reason_has_a_word():
    assert set(recordings.words.STATES) == set(recordings.words.TONES) == set(recording.RecordingState)
    assert set(recordings.words.REASONS) == set(recording.Reason)
    assert set(recordings.words.WHYS) == set(recording.Why)
    assert set(recordings.words.KINDS) == set(recording.ListeningKind)


def test_each_entry_of_the_ledger_and_each_state_of_an_act_has_a_word():
    assert set(recordings.ledger.words.KINDS) == set(ledger.EntryKind)
    assert set(recordings.ledger.words.WRONGS) == set(ledger.Wrong)
    assert set(recordings.keeping.words.STATES) == set(recordings.keeping.words.TONES) == set(keeping.ActState)
    assert set(recordings.keeping.words.OUTCOMES) == set(keeping.Outcome)


def test_each_role_and_whatever_is_written_down_of_a_person_has_a_word():
    assert set(staff.words.ROLES) == set(staff.words.ROLE_DEEDS) == set(Role)
    assert set(staff.words.DEEDS) == _deeds_of("person")


def _deeds_of(subject: str) -> set[str]:
    """The deeds that the sources hand to `audit` for this kind of subject."""
    calls = (node for path in modules() for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    audits = (call.args for call in calls if ast.unparse(call.func).rpartition(".")[2] == "audit")
    deeds = {args[2].value for args in audits if isinstance(args[2], ast.Constant)}
    return {str(deed) for deed in deeds if str(deed).startswith(f"{subject}.")}


def test_each_event_of_a_call_is_told_in_words():
    assert set(TELLINGS) == {kind for kind in KINDS.values() if issubclass(kind, CallEvent)} - {CallEvent}


def test_each_job_of_the_scheduler_has_a_name_on_the_status_page():
    assert set(JOBS) == {job.name for job in jobs_of(Settings(_env_file=None))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_job_counts_has_its_words_in_each_language(language: str):
    """English is what the others are translated from."""
    jobs = jobs_of(Settings(_env_file=None))
    known = {entry.id for entries in catalogues(language).values() for entry in entries if entry.string}
    wordless = [
        f"{job.name}: {count}"
        for job in jobs
        for count in job.counts
        if count not in COUNTS or (language != "en" and COUNTS[count] not in known)
    ]
    assert not wordless, wordless
    assert set(COUNTS) == {count for job in jobs for count in job.counts}


def test_each_reader_of_the_journal_has_a_name_on_the_status_page():
    assert set(NAMES_OF_READERS) == {reader.name for reader in READERS}
