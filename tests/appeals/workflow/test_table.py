"""Every cell of the table: state × deed × role. What it lacks is refused; documents and buttons are drawn from it."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import product

import pytest

from appeals.model import OPEN, WITH_RESULT, State
from appeals.terms.model import Standing
from appeals.workflow.drawing import drawn
from appeals.workflow.model import (
    APPEALS,
    ASSIGNMENTS,
    FILINGS,
    Deed,
    Group,
    Need,
    Outcome,
    Part,
    Refusal,
    Stage,
    Told,
    Work,
    deeds_on_appeal,
    deeds_on_assignment,
    deeds_on_filing,
    derived,
    fault_of_executors,
    fault_of_telling,
    group_of,
    permission_of,
)
from run.host.release import SOURCE
from staff.model import PERMISSIONS, Role
from staff.model import may as roles_may

W, S, D = Work, State, Deed
MINE = {W.ASSIGNED, W.IN_WORK, W.RETURNED}
DISPATCH = {Role.OPERATOR, Role.SUPERVISOR}
ON_THE_WAY = {S.WITH_EDITOR, S.AT_CHANCELLERY}
BEFORE_WORK = {S.REGISTERED, S.REOPENED, S.ASSIGNED, S.NOT_IN_COMPETENCE} | ON_THE_WAY

# Written down a second time, by hand, from appendix A.3 and rows U-101..U-110: in which states, who, what becomes.
OF_ASSIGNMENTS = {
    D.TAKE: ({W.ASSIGNED, W.RETURNED}, {Role.EXECUTOR}, W.IN_WORK),
    D.FINISH: ({W.IN_WORK}, {Role.EXECUTOR}, W.DONE),
    D.DECLINE: (MINE, {Role.EXECUTOR}, W.NOT_IN_COMPETENCE),
    D.ASK_LATER: (MINE, {Role.EXECUTOR}, None),
    D.RETURN: ({W.DONE}, DISPATCH, W.RETURNED),
    D.ACCEPT: ({W.DONE}, DISPATCH, W.ACCEPTED),
    D.ANSWER_FOR: (MINE, DISPATCH, W.DONE),
    D.REASSIGN: (MINE | {W.NOT_IN_COMPETENCE}, DISPATCH, W.WITHDRAWN),
    D.WITHDRAW: (MINE | {W.NOT_IN_COMPETENCE}, DISPATCH, W.WITHDRAWN),
}
OF_APPEALS = {
    D.ASSIGN: (set(OPEN) - ON_THE_WAY, DISPATCH, None),
    D.CLOSE: ({S.TO_BE_VERIFIED}, DISPATCH, S.CLOSED),
    D.EXPLAIN: (
        {S.REGISTERED, S.REOPENED, S.NOT_IN_COMPETENCE},
        DISPATCH,
        S.CLOSED,
    ),
    D.FORWARD: (BEFORE_WORK, DISPATCH, S.FORWARDED),
    D.RETURN_TO_AUTHOR: (BEFORE_WORK, DISPATCH, S.RETURNED_TO_AUTHOR),
    D.NOT_SUBJECT: (BEFORE_WORK, DISPATCH, S.NOT_SUBJECT),
    D.CORRECT: (set(OPEN), {Role.SUPERVISOR}, None),
    D.CANCEL: (set(OPEN), {Role.SUPERVISOR}, S.CANCELLED),
    D.REOPEN: ({S.CLOSED, S.RETURNED_TO_AUTHOR, S.NOT_SUBJECT}, DISPATCH, None),
}
# Z-26: where an appeal passes a chancellery, it does what dispatchers do elsewhere, and sends the answer out itself.
SAME_AT_A_CHANCELLERY = {D.TAKE, D.FINISH, D.DECLINE, D.ASK_LATER, D.CORRECT, D.CANCEL, D.REOPEN}
EDITOR, CHANCELLERY = {Role.EDITOR}, {Role.CHANCELLERY}
G = Stage
OF_FILINGS = {
    D.FORMALISE: ({G.TO_FORMALISE, G.SENT_BACK}, EDITOR, G.FORMALISING),
    D.SUBMIT: ({G.TO_FORMALISE, G.FORMALISING, G.SENT_BACK}, EDITOR, G.SUBMITTED),
    D.ENTER: ({G.SUBMITTED}, CHANCELLERY, G.ENTERED),
    D.SEND_BACK: ({G.SUBMITTED}, CHANCELLERY, G.SENT_BACK),
}


@pytest.mark.parametrize("role", list(Role))
def test_at_a_chancellery_the_same_deeds_have_other_people(role: Role) -> None:
    """Z-26."""
    may = partial(roles_may, frozenset({role}))
    for state in Work:
        allowed = {each.deed for each in deeds_on_assignment(state, may, filed=True)}
        assert allowed == _at_a_chancellery(OF_ASSIGNMENTS, state, role)
    of_appeals = {deed: row for deed, row in OF_APPEALS.items() if deed is not D.CLOSE}
    of_appeals[D.DISPATCH] = ({S.TO_BE_VERIFIED}, CHANCELLERY, S.CLOSED)
    for state in State:
        allowed = {each.deed for each in deeds_on_appeal(state, may, filed=True)}
        assert allowed == _at_a_chancellery(of_appeals, state, role)
    for stage in Stage:
        allowed_to = {each.deed: each.to for each in deeds_on_filing(stage, may)}
        expected = {deed: to for deed, (stages, roles, to) in OF_FILINGS.items() if stage in stages and role in roles}
        assert allowed_to == expected


def _at_a_chancellery(rows: dict, state: Work | State, role: Role) -> set[Deed]:
    return {
        deed
        for deed, (states, roles, _to) in rows.items()
        if state in states and role in (roles if deed in SAME_AT_A_CHANCELLERY else CHANCELLERY)
    }


def test_only_heads_pass_work_on() -> None:
    may = partial(roles_may, frozenset({Role.EXECUTOR}))
    for state in Work:
        more = {each.deed for each in deeds_on_assignment(state, may, heads=True)}
        more -= {each.deed for each in deeds_on_assignment(state, may)}
        assert more == ({D.PASS_ON} if state in MINE else set())


@pytest.mark.parametrize(("state", "role"), list(product(Work, Role)))
def test_each_deed_on_an_assignment_is_open_to_its_roles_in_its_states(state: Work, role: Role) -> None:
    allowed = {each.deed: each.to for each in deeds_on_assignment(state, partial(roles_may, frozenset({role})))}
    expected = {deed: to for deed, (states, roles, to) in OF_ASSIGNMENTS.items() if state in states and role in roles}
    assert allowed == expected


@pytest.mark.parametrize(("state", "role"), list(product(State, Role)))
def test_each_deed_on_an_appeal_is_open_to_its_roles_in_its_states(state: State, role: Role) -> None:
    allowed = {each.deed: each.to for each in deeds_on_appeal(state, partial(roles_may, frozenset({role})))}
    expected = {deed: to for deed, (states, roles, to) in OF_APPEALS.items() if state in states and role in roles}
    assert allowed == expected


def test_every_deed_stands_in_one_of_the_tables_once() -> None:
    rows = (*ASSIGNMENTS, *FILINGS, *APPEALS)
    assert sorted(each.deed for each in rows) == sorted(Deed)
    assert {permission_of(each, filed=filed) for each in rows for filed in (False, True)} <= {*PERMISSIONS, ""}


def test_every_state_of_the_appendix_is_reached_and_left_or_an_end() -> None:
    reached = {each.to for each in APPEALS if each.to} | {derived(works) for works in product(Work, repeat=2)}
    reached |= {derived([]), derived([], reopened=True), *(derived([], stage=stage) for stage in Stage)}
    assert reached == set(State)
    ends = WITH_RESULT | {State.CANCELLED}
    left = {state for each in APPEALS for state in each.sources}
    assert State.FORWARDED not in left
    assert set(State) - ends <= left


def test_the_documents_are_drawn_from_the_table() -> None:
    written = (SOURCE / "docs/workflow.md").read_text("utf-8")
    assert drawn() in written, "draw it anew: python -m appeals.workflow.drawing"


@pytest.mark.parametrize(
    ("works", "state"),
    [
        ((), S.REGISTERED),
        ((W.WITHDRAWN,), S.REGISTERED),
        ((W.ASSIGNED,), S.ASSIGNED),
        ((W.ASSIGNED, W.ASSIGNED, W.WITHDRAWN), S.ASSIGNED),
        ((W.ASSIGNED, W.IN_WORK), S.IN_WORK),
        ((W.ASSIGNED, W.DONE), S.IN_WORK),
        ((W.IN_WORK, W.ACCEPTED), S.IN_WORK),
        ((W.DONE,), S.TO_BE_VERIFIED),
        ((W.DONE, W.ACCEPTED), S.TO_BE_VERIFIED),
        ((W.ACCEPTED, W.WITHDRAWN), S.TO_BE_VERIFIED),
        ((W.RETURNED, W.DONE), S.RETURNED),
        ((W.NOT_IN_COMPETENCE, W.IN_WORK), S.NOT_IN_COMPETENCE),
        ((W.NOT_IN_COMPETENCE, W.RETURNED), S.NOT_IN_COMPETENCE),
    ],
)
def test_the_appeals_state_follows_from_its_assignments(works: tuple[Work, ...], state: State) -> None:
    assert derived(works) is state
    assert derived(works, stage=Stage.ENTERED) is state
    again = derived(works, reopened=True)
    assert again is (S.REOPENED if state is S.REGISTERED else state)


def test_one_executor_is_the_main_one_and_nobody_has_an_appeal_twice() -> None:
    main, co = Part.MAIN, Part.CO
    many = [(1, main), *((each, co) for each in range(2, 26))]
    assert fault_of_executors(many, []) is None
    assert fault_of_executors([], []) is Refusal.NO_EXECUTOR
    assert fault_of_executors([(1, co)], []) is Refusal.TWO_MAIN
    assert fault_of_executors([(1, main), (2, main)], []) is Refusal.TWO_MAIN
    assert fault_of_executors([(2, main)], [(1, main)]) is Refusal.TWO_MAIN
    assert fault_of_executors([(2, co)], [(1, main)]) is None
    assert fault_of_executors([(1, co)], [(1, main)]) is Refusal.HAS_IT
    assert fault_of_executors([(1, main), (1, co)], []) is Refusal.HAS_IT


def test_what_a_deed_needs_is_asked_for_one_by_one() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    day = timedelta(days=1)
    everything = Told(reason="x", report="x", outcome=Outcome.DONE, result=None, until=now + day, body="x")
    needs = [Need.REASON, Need.REPORT, Need.OUTCOME, Need.UNTIL, Need.BODY]
    assert fault_of_telling(needs, everything, now) is None
    assert fault_of_telling([*needs, Need.RESULT], everything, now) is Refusal.NO_RESULT
    for need, said, refusal in (
        (Need.REASON, Told(reason="  "), Refusal.NO_REASON),
        (Need.REPORT, Told(), Refusal.NO_REPORT),
        (Need.OUTCOME, Told(), Refusal.NO_OUTCOME),
        (Need.OUTCOME, Told(outcome=Outcome.LATER), Refusal.NO_UNTIL),
        (Need.OUTCOME, Told(outcome=Outcome.DONE, later_on=date(2027, 1, 1)), Refusal.NO_UNTIL),
        (Need.UNTIL, Told(), Refusal.NO_UNTIL),
        (Need.UNTIL, Told(until=now), Refusal.PAST),
        (Need.BODY, Told(body=" "), Refusal.NO_BODY),
    ):
        assert fault_of_telling([need], said, now) is refusal
    assert fault_of_telling([Need.OUTCOME], Told(outcome=Outcome.LATER, later_on=date(2027, 1, 1)), now) is None


@pytest.mark.parametrize(
    ("work", "standing", "group"),
    [
        (W.RETURNED, Standing.OVERDUE, Group.OVERDUE),
        (W.RETURNED, Standing.ATTENTION, Group.RETURNED),
        (W.ASSIGNED, Standing.ATTENTION, Group.SOON),
        (W.ASSIGNED, Standing.ON_TIME, Group.NEW),
        (W.ASSIGNED, None, Group.NEW),
        (W.IN_WORK, None, Group.IN_WORK),
    ],
)
def test_a_piece_of_work_stands_in_one_group(work: Work, standing: Standing | None, group: Group) -> None:
    assert group_of(work, standing) is group
