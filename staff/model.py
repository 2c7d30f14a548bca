"""Roles and what each may do. A permission is `<subject>.<deed>`; a route asks for one, a role grants many."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is here for."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    EXECUTOR = "executor"
    CHANCELLERY = "chancellery"
    EDITOR = "editor"


CENTRE = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR})  # those who work with calls
READERS = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.CHANCELLERY, Role.EDITOR})  # of all appeals

PERMISSIONS: dict[str, frozenset[Role]] = {
    "desk.use": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "calls.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "calls.read_own": CENTRE,
    "callbacks.read": CENTRE,
    "callbacks.call": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "callbacks.export": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "callbacks.rule": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "calls.dial_out": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "calls.hand_out": frozenset({Role.SUPERVISOR}),
    "outgoing.arrange": frozenset({Role.ADMINISTRATOR}),
    "queues.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "queues.arrange": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "queues.manage": frozenset({Role.ADMINISTRATOR}),
    "recordings.listen": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "recordings.listen_own": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER}),
    "recordings.pause": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "recordings.download": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "recordings.backlog": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "recordings.keeping": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "recordings.rules": frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    "recordings.hold": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "recordings.delete": frozenset({Role.MANAGER, Role.ADMINISTRATOR}),
    "appeals.read": READERS,
    "appeals.find": READERS | {Role.ADMINISTRATOR, Role.EXECUTOR},
    "appeals.find_all": READERS | {Role.ADMINISTRATOR},
    "appeals.export": READERS - {Role.EDITOR} | {Role.ADMINISTRATOR, Role.EXECUTOR},
    "appeals.import": frozenset({Role.SUPERVISOR, Role.CHANCELLERY}),
    "appeals.share_views": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "appeals.register": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CHANCELLERY}),
    "applicants.read": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.CHANCELLERY, Role.EDITOR}),
    "applicants.correct": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CHANCELLERY, Role.EDITOR}),
    "applicants.merge": frozenset({Role.SUPERVISOR, Role.CHANCELLERY}),
    "attachments.add": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CHANCELLERY, Role.EDITOR}),
    "attachments.show": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CHANCELLERY}),
    "attachments.take_back": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "data.personal": frozenset(
        {Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER, Role.CHANCELLERY, Role.EDITOR, Role.EXECUTOR}
    ),
    "data.special": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CHANCELLERY}),
    "data.open": frozenset({Role.ADMINISTRATOR}),
    "appeals.assign": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "appeals.act": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CHANCELLERY, Role.EDITOR}),
    "appeals.formalise": frozenset({Role.EDITOR}),
    "chancellery.work": frozenset({Role.CHANCELLERY}),
    "appeals.verify": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "appeals.answer_for": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "appeals.conclude": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "appeals.correct": frozenset({Role.SUPERVISOR}),
    "appeals.cancel": frozenset({Role.SUPERVISOR}),
    "appeals.reopen": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "assignments.work": frozenset({Role.EXECUTOR}),
    "terms.ask": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "terms.decide": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "terms.comment": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.MANAGER}),
    "terms.watch": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "directories.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "directories.edit": frozenset({Role.ADMINISTRATOR}),
    "addresses.read": CENTRE | {Role.CHANCELLERY, Role.EXECUTOR},
    "addresses.find": CENTRE | {Role.CHANCELLERY, Role.EXECUTOR},
    "maps.read": frozenset(Role),
    "addresses.keep": frozenset({Role.ADMINISTRATOR}),
    "executors.read": CENTRE | {Role.CHANCELLERY},
    "executors.keep": frozenset({Role.ADMINISTRATOR}),
    "executors.absences": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "routing.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "routing.rule": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "questions.read": CENTRE - {Role.ADMINISTRATOR} | {Role.CHANCELLERY, Role.EXECUTOR},
    "questions.ask": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.CHANCELLERY}),
    "questions.answer": frozenset({Role.EXECUTOR}),
    "questions.watch": frozenset({Role.SUPERVISOR, Role.MANAGER}),
    "works.read": CENTRE | {Role.CHANCELLERY, Role.EXECUTOR},
    "works.keep": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.EXECUTOR}),
    "works.answer": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "menus.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "menus.edit": frozenset({Role.ADMINISTRATOR}),
    "menus.announce": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "prompts.replace": frozenset({Role.ADMINISTRATOR}),
    "alarms.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "alarms.take": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "telegram.link": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR, Role.EXECUTOR}),
    "alarms.mark": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "alarms.rules": frozenset({Role.ADMINISTRATOR}),
    "sms.opt_out": frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "channels.manage": frozenset({Role.ADMINISTRATOR}),
    "people.manage": frozenset({Role.ADMINISTRATOR}),
    "cabinet.arrange": frozenset({Role.ADMINISTRATOR}),
    "organisation.manage": frozenset({Role.ADMINISTRATOR}),
    "directories.manage": frozenset({Role.ADMINISTRATOR}),
    "surge.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "surge.lead": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "people.temporary": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "capacity.set": frozenset({Role.ADMINISTRATOR}),
    "board.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "supervision.listen": frozenset({Role.SUPERVISOR}),
    "supervision.direct": frozenset({Role.SUPERVISOR}),
    "supervision.log": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "supervision.rules": frozenset({Role.ADMINISTRATOR}),
    "about.read": frozenset(Role),
    "reports.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
    "audit.read": frozenset({Role.ADMINISTRATOR}),
    "exchange.use": frozenset(Role),
    "exchange.manage": frozenset({Role.ADMINISTRATOR}),
    "status.read": frozenset({Role.SUPERVISOR, Role.MANAGER, Role.ADMINISTRATOR}),
}


def may(roles: frozenset[Role], permission: str) -> bool:
    """Whether somebody with these roles has the permission. KeyError for a permission nobody declared."""
    return not roles.isdisjoint(PERMISSIONS[permission])
