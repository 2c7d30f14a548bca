"""The words of files as people read them; messages for the catalogue."""

from appeals.xml.model import State
from appeals.xml.schema import Fault
from web.languages import later

FAULTS: dict[str, str] = {
    Fault.UNKNOWN: later("no such thing stands here"),
    Fault.MISSING: later("it is missing"),
    Fault.REPEATED: later("it stands here once too often, or in the wrong place"),
    Fault.LONG: later("it is too long"),
    Fault.SHORT: later("it is too short"),
    Fault.CHOICE: later("it is none of the values that there are"),
    Fault.DAY: later("it is no day that exists"),
    Fault.MOMENT: later("it is no moment with its time zone"),
    Fault.NUMBER: later("it is no number"),
    Fault.TEXT: later("no text may stand here"),
}
TWICE = later("this number stands in the file twice")
NO_FILES: dict[str, str] = {
    "large": later("The file is too large: at most 20 MB"),
    "many": later("The file has too many appeals: at most 500"),
    "no_xml": later("This is no XML, or it breaks off"),
    "doctype": later("The file declares a document type: such files are not read"),
    "version": later("This file follows another version of the schema: here version 1 is read"),
    "no_appeals": later("This is XML of another kind: the published schema says what a file of appeals is"),
}
STATES: dict[str, tuple[str, str]] = {  # word, tone
    State.KEPT: (later("not decided"), "warn"),
    State.RUNNING: (later("being taken in"), "accent"),
    State.DONE: (later("taken in"), "good"),
}
