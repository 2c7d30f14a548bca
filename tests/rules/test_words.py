"""Words that two places say in their own way name the same things."""

import ast
from pathlib import Path

import pytest

import acd.callbacks.words
import appeals.rights.words
import appeals.words
import appeals.workflow.words
import recordings.keeping.words
import recordings.ledger.words
import recordings.words
import staff.words
from acd import desk
from acd.callbacks import model as owed
from acd.model import Result
from appeals import model as appeal
from appeals.rights import model as rights
from appeals.workflow import model as workflow
from calls import words
from calls.agreement import Reason
from calls.encoding import KINDS
from calls.events import CallEvent
from calls.model import Fate, Language, LegOutcome, Source, VisitOutcome
from calls.telling import TELLINGS
from recordings import model as recording
from recordings.keeping import model as keeping
from recordings.ledger import model as ledger
from run import parts
from run.development.messages import catalogues
from run.host.services import SERVICES
from run.listener import READERS
from run.pages.status import COUNTS, JOBS, PARTS, SIGNS
from run.pages.status import READERS as NAMES_OF_READERS
from run.scheduler import jobs_of
from run.settings import Settings
from staff.model import Role
from supervisor.supervision.model import Mode
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


def test_each_purpose_for_which_data_are_opened_has_a_word():
    assert set(appeals.rights.words.PURPOSES) == set(rights.Purpose)
    assert set(appeals.rights.words.REASONS) == rights.REASONS | {"exchange"}


def test_each_part_of_an_appeal_has_a_word():
    assert set(appeals.words.KINDS) == set(appeal.Kind)
    assert set(appeals.words.STATES) == set(appeals.words.TONES) == set(appeal.State)
    assert set(appeals.words.RESULTS) == set(appeal.Result)
    assert set(appeals.words.SOURCES) == set(appeal.Source)


def test_each_part_of_the_work_on_an_appeal_has_a_word():
    words_of = appeals.workflow.words
    assert set(words_of.WORKS) == set(words_of.TONES) == set(workflow.Work)
    assert set(words_of.BUTTONS) == set(words_of.DONE) == set(workflow.Deed)
    assert set(words_of.PARTS) == set(workflow.Part)
    assert set(words_of.STAGES) == set(words_of.STAGE_TONES) == set(workflow.Stage)
    assert set(words_of.OUTCOMES) == set(workflow.Outcome)
    assert set(words_of.REACHES) == set(workflow.Reach)
    assert set(words_of.REFUSALS) == set(workflow.Refusal)
    assert set(words_of.GROUPS) == set(words_of.ICONS) == set(workflow.Group)
    assert set(words_of.CORRECTED) == set(workflow.Corrected)
    asked = {need: set() for need in workflow.Need}
    for row in (*workflow.ASSIGNMENTS, *workflow.FILINGS, *workflow.APPEALS):
        for need in row.needs:
            asked[need].add(row.deed)
    assert set(words_of.REASONS) == asked[workflow.Need.REASON]
    assert set(words_of.REPORTS) == asked[workflow.Need.REPORT]


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


NAMED_BY_A_CODE = {  # deeds that are put together: what stands before the code, and the codes there are
    "callback.": {owed.Deed.SETTLED, owed.Deed.ESCALATED},
    "recording.": set(recording.ListeningKind),
    "supervision.": set(Mode),
    "work.": set(workflow.Deed),
}


def test_each_deed_of_the_audit_trail_and_what_it_is_done_to_has_a_word():
    deeds, subjects = _written_down()
    assert set(staff.words.DEEDS) == deeds
    assert set(staff.words.SUBJECTS) == subjects
    assert set(staff.words.PAGES) <= subjects


def _written_down() -> tuple[set[str], set[str]]:
    """The deeds and kinds of subjects that the sources hand to `audit`, themselves or through functions of theirs."""
    deeds: set[str] = set()
    subjects: set[str] = set()
    for path in modules():
        for function in (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if ast.unparse(call.func).rpartition(".")[2] == "audit":
                    deeds |= _said(path, function, call.args[2])
                    subjects |= {each.partition(":")[0] for each in _said(path, function, call.args[3])}
    return deeds, subjects


def _said(path: Path, function: ast.FunctionDef, expression: ast.expr) -> set[str]:
    """What an argument may be: a constant, one of two, a code behind a prefix, or what callers of the function say."""
    match expression:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return _said(path, function, one) | _said(path, function, other)
        case ast.JoinedStr(values=parts):
            found = {""}
            for part in parts:
                found = {before + after for before in found for after in _part(path, function, part, before)}
            return found
        case ast.Subscript(value=ast.Name(id=name)):
            tables = (node for node in tree(path).body if isinstance(node, ast.Assign | ast.AnnAssign))
            (table,) = (node.value for node in tables if ast.unparse(node).startswith(name))
            assert isinstance(table, ast.Dict)
            return set().union(*(_said(path, function, value) for value in table.values))
        case ast.Name(id=name):
            return _said_of(path, function, name)
        case ast.Call(func=ast.Name(id=name)):
            (called,) = (each for each in tree(path).body if isinstance(each, ast.FunctionDef) and each.name == name)
            returns = (node.value for node in ast.walk(called) if isinstance(node, ast.Return))
            return set().union(*(_said(path, called, value) for value in returns if value is not None))
    raise AssertionError(f"{path}:{expression.lineno}: nobody can tell what is written down: {ast.unparse(expression)}")


def _part(path: Path, function: ast.FunctionDef, part: ast.expr, before: str) -> set[str]:
    """A part of a text that is put together; "*" where it may be anything."""
    if isinstance(part, ast.Constant):
        return {str(part.value)}
    assert isinstance(part, ast.FormattedValue)
    if before in NAMED_BY_A_CODE:
        return {str(code) for code in NAMED_BY_A_CODE[before]}
    try:
        return _said(path, function, part.value) or {"*"}
    except (AssertionError, ValueError):
        return {"*"}


def _said_of(path: Path, function: ast.FunctionDef, name: str) -> set[str]:
    """What a name stands for: assigned in the function, or handed to it."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return _said(path, function, node.value)
    position = [each.arg for each in (*function.args.posonlyargs, *function.args.args)].index(name)
    found: set[str] = set()
    for outer in (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(outer) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) == function.name and len(call.args) > position:
                found |= _said(path, outer, call.args[position])
    return found


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


def test_each_server_and_process_has_its_words_on_the_status_page():
    servers = {parts.POSTGRES, parts.REDIS, parts.STORE, parts.ASTERISK}
    assert set(PARTS) == servers | {service.name for service in SERVICES if service.ours}
    assert set(SIGNS) == set(parts.Sign)
