"""The words of `appeals.executors` as people read them; messages for the catalogue."""

from appeals.executors.importing import RowFault
from appeals.executors.model import Kind, MemberRole
from web.languages import later

KINDS: dict[str, str] = {
    Kind.BODY: later("Body"),
    Kind.DEPARTMENT: later("Department"),
    Kind.ENTERPRISE: later("Enterprise"),
}
ROLES: dict[str, str] = {
    MemberRole.HEAD: later("head"),
    MemberRole.WORKER: later("worker"),
}
FAULTS: dict[str, str] = {
    RowFault.CODE: later("the code is missing, longer than 40 characters, or has spaces"),
    RowFault.TWICE: later("this code stands in the file twice"),
    RowFault.NAME: later("the name is missing or longer than 300 characters"),
    RowFault.KIND: later("there is no such kind of executor"),
    RowFault.PARENT: later("the executor above it is missing, is closed, or leads in a circle"),
    RowFault.EMAIL: later("this is no e-mail address"),
    RowFault.PHONE: later("this is no telephone number"),
    RowFault.CLOSED: later("this executor is closed here; open it first"),
}
