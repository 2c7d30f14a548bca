"""How a text travels as SMS (3GPP TS 23.040): GSM's own letters or UCS-2, in parts that a telephone joins again."""

from collections.abc import Iterator
from dataclasses import dataclass

from aiosmpplib.codec import GSM7BitCodec, find_codec_info

_ESCAPE = 0x1B  # the first of two octets that are one letter
_ALONE = {True: 160, False: 140}  # octets, by whether they are GSM's letters
_JOINED = {True: 153, False: 134}  # with a header


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts, each with its header where there are several."""

    octets: tuple[bytes, ...]
    gsm: bool


def parts_of(text: str, reference: int) -> Parts:
    """The text in parts; `reference` (0 to 255) is the same for those that belong together."""
    gsm = bool(GSM7BitCodec.is_gsm_text(text))
    octets = bytes(find_codec_info("gsm0338", None).encode(text)[0]) if gsm else text.encode("utf-16-be")
    if len(octets) <= _ALONE[gsm]:
        return Parts((octets,), gsm)
    pieces = list(_pieces(octets, _JOINED[gsm], gsm=gsm))
    if len(pieces) > 255:
        raise ValueError("the text is too long for SMS")
    headers = (bytes((5, 0, 3, reference, len(pieces), number)) for number in range(1, len(pieces) + 1))
    return Parts(tuple(header + piece for header, piece in zip(headers, pieces, strict=True)), gsm)


def _pieces(octets: bytes, most: int, *, gsm: bool) -> Iterator[bytes]:
    """Cut so that no letter is torn: neither GSM's escaped ones nor those beyond the first 65 536."""
    begin = 0
    while begin < len(octets):
        end = min(begin + most, len(octets))
        torn = octets[end - 1] == _ESCAPE if gsm else 0xD8 <= octets[end - 2] <= 0xDB
        if end < len(octets) and torn:
            end -= 1 if gsm else 2
        yield octets[begin:end]
        begin = end
