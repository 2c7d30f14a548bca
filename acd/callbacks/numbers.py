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


def ways_to_write(number: str, country: str) -> frozenset[str]:
    """Each way in which the network or a person may have written the number of this country, as it came among them."""
    whole = international(number, country)
    if not whole.startswith("+"):
        return frozenset({number, whole} - {""})
    parsed = phonenumbers.parse(whole)
    national = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    bare = phonenumbers.national_significant_number(parsed)
    own = {national, bare} if parsed.country_code == phonenumbers.country_code_for_region(country) else set()
    return frozenset({number, whole, whole[1:], *("".join(filter(str.isdigit, it)) for it in own)})
