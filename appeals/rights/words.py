"""What masked data are opened for, in words."""

from appeals.rights.model import Purpose
from web.languages import later

REASONS: dict[str, str] = {  # why somebody opens an appeal
    "work": later("for the work on it"),
    "search": later("looked for"),
    "call": later("from a call"),
    "applicant": later("from an applicant"),
    "exchange": later("by the exchange"),
}
PURPOSES: dict[str, str] = {
    Purpose.REQUEST: later("The person asks about their own data"),
    Purpose.FAULT: later("A fault in the data is looked into"),
    Purpose.INSPECTION: later("A body that is entitled to has asked"),
    Purpose.SECURITY: later("A breach of security is looked into"),
    Purpose.OTHER: later("Other, in own words"),
}
