"""Telephone numbers as one and the same person's, however the network wrote them."""

import phonenumbers


def international(number: str, country: str) -> str:
    """The number in E.164 of its country ("0671234567" in "UA" is "+380671234567"); "" when there is none to call.

    What is no public number stays as it came, for somebody may know it.
    """
    digits = "".join(sign for sign in number if sign in "+0123456789")
    try:
        parsed = phonenumbers.parse(digits, country)
    except phonenumbers.NumberParseException:
        return digits.strip("+")
    if not phonenumbers.is_possible_number(parsed):
        return digits
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
