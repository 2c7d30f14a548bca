"""The fields of a card that say who the applicant is, as they are sent and as a draft keeps them."""

from typing import Literal

from pydantic import BaseModel, Field

from appeals.applicants.model import LONGEST_NAME, ApplicantKind
from appeals.applicants.tables import Applicant

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
CODE = r"^[0-9A-Za-zА-Яа-яІіЇїЄєҐґ-]{4,20}$"

Language = Literal["", "uk", "uz", "ru", "en"]


class ApplicantForm(BaseModel):
    """A person by the surname, an organisation by its full name; how they are reached (appendix A.7)."""

    applicant_kind: ApplicantKind = ApplicantKind.PERSON
    title: str = Field("", max_length=300)
    code: str = Field("", pattern=CODE)
    surname: str = Field("", max_length=LONGEST_NAME)
    given_name: str = Field("", max_length=LONGEST_NAME)
    patronymic: str = Field("", max_length=LONGEST_NAME)
    phone: str = Field("", max_length=40)
    email: str = Field("", max_length=254, pattern=EMAIL)
    address: str = Field("", max_length=500)
    reply_language: Language = ""
    filled: str = ""  # the id of the applicant who was found: what is theirs makes room for the next one's
    undo: str = ""  # the fields as they were before somebody was chosen

    def applicant(self, phone: str) -> Applicant:
        """Who was typed, with the phone as E.164 or nothing."""
        is_organisation = self.applicant_kind is ApplicantKind.ORGANISATION
        return Applicant(
            kind=self.applicant_kind.value,
            title=self.title if is_organisation else "",
            code=self.code if is_organisation else "",
            surname=self.surname,
            given_name=self.given_name,
            patronymic=self.patronymic,
            phone=phone or None,
            email=self.email,
            address=self.address,
            language=self.reply_language,
        )

    def missing(self) -> str:
        """The field without which nobody knows who it is, if it is empty."""
        needed = "title" if self.applicant_kind is ApplicantKind.ORGANISATION else "surname"
        return "" if getattr(self, needed) else needed


class ApplicantDraft(BaseModel):
    """The same half filled in: any text is right."""

    applicant_kind: str = ""
    title: str = ""
    code: str = ""
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    reply_language: str = ""
    filled: str = ""
    undo: str = ""

    def applicant_typed(self, phone: str, organisation: int) -> Applicant:
        """Who the card says it is so far."""
        form = ApplicantForm.model_construct(**self.model_dump())
        form.applicant_kind = ApplicantKind(self.applicant_kind or ApplicantKind.PERSON)
        typed = form.applicant(phone)
        typed.organisation_id = organisation
        return typed
