"""The forms by country: the statutory card of Ukraine (CMU 348, form 0203005), a plain one elsewhere.

Which boxes there are, in what order and how large. The words of the first are those of the form (requirements, A.1).
"""

from typing import Final

from appeals.printing.model import Field, Form
from web.languages import later

UKRAINIAN: Final = Form(
    code="0203005",
    title=later("Registration and control card"),
    note=later("Annex to the Instruction approved by resolution 348 of the Cabinet of Ministers of 14.04.1997"),
    front=(
        (Field("index", later("Registration index"), 40), Field("control", later("Control mark"), 60)),
        (Field("correspondent", later("Correspondent: surname, name, patronymic"), lines=2),),
        (
            Field("residence", later("Place of residence, e-mail, telephone"), 70, 3),
            Field("district", later("District"), 30, 3),
        ),
        (
            Field("kind", later("Kind of appeal: suggestion, application, complaint"), 50),
            Field("subject", later("Individual, collective, anonymous; number of signatories"), 50),
        ),
        (
            Field("category", later("Category of the author of the appeal"), 60, 2),
            Field("social", later("Social status of the author"), 40, 2),
        ),
        (
            Field("sign", later("Sign of receipt: first, repeated and others"), 34),
            Field("signed_on", later("Date of signing or sending, of the call"), 33),
            Field("received_on", later("Date of receipt of the appeal"), 33),
        ),
        (
            Field("sent_by", later("From whom it was sent"), 46, 2),
            Field("covering_on", later("Date of sending"), 24, 2),
            Field("covering_number", later("Index of the document"), 30, 2),
        ),
        (Field("form", later("Form of receipt"), 66), Field("type", later("Type"), 34)),
        (
            Field("question", later("Main questions: content of the question"), 70, 10),
            Field("question_index", later("Index of the question"), 30, 10),
        ),
        (
            Field("more_questions", later("Additional questions: content of the question"), 70, 2),
            Field("more_index", later("Additional questions: index"), 30, 2),
        ),
        (Field("earlier", later("Earlier appeals: numbers and dates"), lines=2),),
        (Field("resolution", later("Resolution and its author"), lines=3),),
        (Field("executors", later("Executors"), 60, 3), Field("term", later("Term of execution"), 40, 3)),
    ),
    back=(
        (Field("course", later("Course of execution"), lines=11),),
        (Field("interim", later("Intermediate answers"), lines=3),),
        (Field("extension", later("Extension of the term"), lines=3),),
        (Field("checked", later("Checked on site: date, by whom"), lines=2),),
        (
            Field("answered", later("Date and index of execution (of the answer)"), 50, 2),
            Field("addressee", later("Addressee"), 50, 2),
        ),
        (Field("days", later("Actually executed in (days)")),),
        (Field("result", later("Result of consideration of each question"), lines=11),),
        (Field("off_control", later("Taken off control by, date"), lines=2),),
        (
            Field("filed", later("Filed to case No"), 50),
            Field("volume", later("Volume of the case"), 25),
            Field("leaves", later("Sheets of the case"), 25),
        ),
        (
            Field("fund", later("Archive fund"), 34),
            Field("inventory", later("Archive inventory"), 33),
            Field("case", later("Archive case"), 33),
        ),
    ),
)
PLAIN: Final = Form(
    code="",
    title=later("Card of the appeal"),
    note="",
    front=(
        (Field("index", later("Number of the appeal"), 40), Field("control", later("Control mark"), 60)),
        (Field("correspondent", later("Author of the appeal"), lines=2),),
        (
            Field("residence", later("Place of residence, e-mail, telephone"), 70, 3),
            Field("district", later("District"), 30, 3),
        ),
        (Field("kind", later("Kind of appeal"), 50), Field("form", later("Form of appeal"), 50)),
        (Field("sign", later("First or repeated"), 50), Field("subject", later("From one or from several"), 50)),
        (
            Field("signed_on", later("Date of signing or sending, of the call"), 50),
            Field("received_on", later("Date of receipt of the appeal"), 50),
        ),
        (
            Field("sent_by", later("From whom it was sent"), 46, 2),
            Field("covering_on", later("Date of sending"), 24, 2),
            Field("covering_number", later("Index of the document"), 30, 2),
        ),
        (Field("question", later("What is asked"), lines=14),),
        (Field("more_questions", later("Further questions"), lines=2),),
        (Field("earlier", later("Earlier appeals: numbers and dates"), lines=2),),
        (Field("executors", later("Executors"), 60, 3), Field("term", later("Term of execution"), 40, 3)),
    ),
    back=(
        (Field("course", later("Course of execution"), lines=11),),
        (Field("extension", later("Extension of the term"), lines=3),),
        (
            Field("answered", later("Date and index of execution (of the answer)"), 50, 2),
            Field("addressee", later("Addressee"), 50, 2),
        ),
        (Field("days", later("Actually executed in (days)")),),
        (Field("result", later("Result of consideration"), lines=14),),
        (Field("off_control", later("Taken off control by, date"), lines=2),),
    ),
)


def of_country(country: str) -> Form:
    """The form that this country's law prescribes, else the plain one."""
    return UKRAINIAN if country == "UA" else PLAIN
