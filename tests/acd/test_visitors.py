"""Phones lent to browsers: one at a time, once each secret, not all to one address."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from acd import visitors
from acd.tables import VisitorPhone


@pytest.fixture
def phones(session: Session) -> Session:
    """Twenty phones whose secrets Asterisk knows since a while."""
    visitors.make_phones(session)
    session.flush()
    session.execute(update(VisitorPhone).values(usable_from=datetime.now(UTC) - timedelta(minutes=1)))
    return session


def test_phones_are_made_once(phones: Session):
    before = {phone.name: phone.secret for phone in phones.scalars(select(VisitorPhone))}
    visitors.make_phones(phones)
    after = {phone.name: phone.secret for phone in phones.scalars(select(VisitorPhone))}
    assert after == before
    assert len(after) == visitors.PHONES


def test_a_phone_is_lent_to_one_at_a_time(phones: Session):
    lent = [visitors.lend(phones, f"10.0.0.{n}") for n in range(visitors.PHONES)]
    assert len({lease.phone for lease in lent if lease}) == visitors.PHONES
    assert visitors.lend(phones, "10.0.1.1") is None


def test_an_address_has_its_share(phones: Session):
    leases = [visitors.lend(phones, "10.0.0.1") for _ in range(visitors.PER_ADDRESS)]
    with pytest.raises(visitors.TooManyFromOneAddress):
        visitors.lend(phones, "10.0.0.1")
    assert leases[0] is not None
    visitors.give_back(phones, leases[0].token)
    phones.flush()
    assert visitors.lend(phones, "10.0.0.1") is not None


def test_a_secret_is_used_once(phones: Session):
    seen: set[str] = set()
    for n in range(visitors.PHONES + 5):
        lease = visitors.lend(phones, f"10.0.0.{n}")
        phones.execute(update(VisitorPhone).values(usable_from=datetime.now(UTC) - timedelta(seconds=1)))
        assert lease is not None, "spent secrets are renewed before they run out"
        assert lease.secret not in seen
        seen.add(lease.secret)
        visitors.give_back(phones, lease.token)
        phones.flush()


def test_a_new_secret_waits_until_asterisk_knows_it(phones: Session):
    phones.execute(update(VisitorPhone).values(spent=True))
    assert visitors.lend(phones, "10.0.0.1") is None
    phones.flush()
    phone = phones.scalars(select(VisitorPhone)).first()
    assert phone is not None
    assert not phone.spent
    assert phone.usable_from > datetime.now(UTC)


def test_a_closed_page_frees_its_phone(phones: Session):
    lease = visitors.lend(phones, "10.0.0.1")
    assert lease is not None
    assert visitors.prolong(phones, lease.token)
    phones.flush()
    phones.get_one(VisitorPhone, lease.phone).leased_until = datetime.now(UTC) - timedelta(minutes=1)
    phones.flush()
    visitors.lend(phones, "10.0.0.2")
    phones.flush()
    assert phones.get_one(VisitorPhone, lease.phone).spent
    assert not visitors.prolong(phones, lease.token)


def test_a_strange_token_changes_nothing(phones: Session):
    visitors.give_back(phones, "nobody-was-given-this-token")
    assert not visitors.prolong(phones, "nobody-was-given-this-token")
    assert not phones.scalars(select(VisitorPhone).where(VisitorPhone.spent)).all()


def test_borrowing_and_giving_back_in_a_loop_has_an_end(phones: Session):
    for _ in range(visitors.IN_A_WHILE):
        lease = visitors.lend(phones, "10.0.0.1")
        assert lease is not None
        visitors.give_back(phones, lease.token)
        phones.flush()
    with pytest.raises(visitors.TooOftenFromOneAddress):
        visitors.lend(phones, "10.0.0.1")
    assert visitors.lend(phones, "10.0.0.2") is not None, "the others are not to blame"
    phones.execute(
        update(VisitorPhone)
        .where(VisitorPhone.address == "10.0.0.1")
        .values(leased_until=datetime.now(UTC) - visitors.WHILE)
    )
    assert visitors.lend(phones, "10.0.0.1") is not None, "a minute later"
    phones.flush()
    assert len(phones.scalars(select(VisitorPhone).where(VisitorPhone.address == "10.0.0.1")).all()) == 1
