"""The words of the classifier's pages, and names of its entries in the reader's language."""

from appeals.classifier.model import Entry, RowFault, Section
from web.languages import audience, later

SECTIONS: dict[str, str] = {
    Section.FORM: later("Form of receipt"),
    Section.SIGN: later("Sign of receipt"),
    Section.KIND: later("Kinds of appeals"),
    Section.SEX: later("Sex of the author"),
    Section.SUBJECT: later("Subject"),
    Section.TYPE: later("Type"),
    Section.CATEGORY: later("Category of the author"),
    Section.SOCIAL: later("Social status"),
    Section.RESULT: later("Results of consideration"),
    Section.QUESTION: later("Main questions"),
    Section.CAUSE: later("Causes of delay"),
    Section.PROBLEM: later("Problems and faults"),
    Section.ATTACHMENT: later("Kinds of attachments"),
}
FAULTS: dict[str, str] = {
    RowFault.SECTION: later("there is no such section"),
    RowFault.CODE: later("the code is missing, longer than 16 characters, or has spaces"),
    RowFault.TWICE: later("this code of this section stands in the file twice"),
    RowFault.NAME: later("there is no name in any language, or it is longer than 300 characters"),
    RowFault.PARENT: later("the entry above it is missing, goes out of use, or leads in a circle"),
    RowFault.DATE: later("the last day is no date, or it is past"),
}


def name(entry: Entry) -> str:
    """The entry's name in the reader's language, else in the first it has."""
    return entry.name.get(audience().language) or next(iter(entry.name.values()))


def coded(entry: Entry) -> str:
    """Code and name: "9.3 Explained"."""
    return f"{entry.code} {name(entry)}"
