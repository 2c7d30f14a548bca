"""The telephone of a shift: what Asterisk knows of it lives as long as the shift."""

from tests.telephony.phone import Phone
from tests.town.town import Town
from tests.town.waiting import wait_for

SECRETS = (
    "SELECT shift.phone_secret FROM shift JOIN person ON person.id = shift.person_id WHERE person.login = 'olena'"
    " ORDER BY shift.id"
)
NOBODYS = "nobody"  # a number that nobody has


def test_a_secret_opens_nothing_after_its_shift(town: Town) -> None:
    """Olena's telephone is asked for with the secret of her shift: while it lasts, and once it is over."""
    olena = town.agent("olena").signs_in().starts_shift()
    first = _secret(town)
    assert _answers(town, olena.interface, first) == 404, "known, and nobody has the number"
    olena.ends_shift()
    wait_for("the telephone to be gone", lambda: _answers(town, olena.interface, first) == 401)

    olena.starts_shift()
    second = _secret(town)
    assert _answers(town, olena.interface, second) == 404
    assert _answers(town, olena.interface, first) == 401
    olena.ends_shift()


def _secret(town: Town) -> str:
    return str(town.product.rows(SECRETS)[-1]["phone_secret"])


def _answers(town: Town, interface: str, secret: str) -> int:
    """The answer of our Asterisk to a call from a telephone that says it is this one."""
    server = ("127.0.0.1", town.product.settings.sip_port)
    phone = Phone("127.0.0.3", server, user=interface.removeprefix("PJSIP/"), secret=secret)
    try:
        return phone.call(NOBODYS).is_over().status
    finally:
        phone.close()
