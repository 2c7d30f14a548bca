"""What an operator types, as the number that is dialled."""

import phonenumbers
from phonenumbers import ValidationResult

from acd.outgoing.model import NumberRefused, Refusal

SHORTEST, SHORT = 3, 4  # digits of numbers that only a country or a town knows

_WHY = {
    ValidationResult.TOO_SHORT: Refusal.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: Refusal.TOO_SHORT,  # without its town
    ValidationResult.TOO_LONG: Refusal.TOO_LONG,
    ValidationResult.INVALID_COUNTRY_CODE: Refusal.NO_COUNTRY,
}


def dialled(typed: str, country: str) -> str:
    """The number in E.164; a short one of the country ("102") as it is. NumberRefused."""
    if not typed.strip():
        raise NumberRefused(Refusal.EMPTY)
    try:
        parsed = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException as error:
        unknown = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        raise NumberRefused(Refusal.NO_COUNTRY if unknown else Refusal.NO_NUMBER) from None
    if _is_short(typed, parsed, country):
        return phonenumbers.national_significant_number(parsed)
    found = phonenumbers.is_possible_number_with_reason(parsed)
    if found != ValidationResult.IS_POSSIBLE:
        raise NumberRefused(_WHY.get(found, Refusal.NO_NUMBER))
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_emergency(number: str, country: str) -> bool:
    """Whether police, fire brigade or ambulance of the country answer there."""
    return phonenumbers.is_emergency_number(number, country)


def _is_short(typed: str, parsed: phonenumbers.PhoneNumber, country: str) -> bool:
    """Whether it is whole as it stands: three or four digits, or a short number that the country knows."""
    digits = "".join(sign for sign in typed if sign in "+0123456789")
    if digits[0] in "+0" or len(digits) < SHORTEST:
        return False
    return len(digits) <= SHORT or phonenumbers.is_possible_short_number_for_region(parsed, country)
