"""Every SELECT of the most acute problems beside the counts."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from appeals.addresses.tables import House, Street


def houses(session: Session, ids: Collection[int]) -> Mapping[int, House]:
    """These houses with their streets and settlements."""
    of_street = joinedload(House.street).joinedload(Street.settlement)
    wanted = select(House).where(House.id.in_(ids)).options(of_street)
    return {each.id: each for each in session.scalars(wanted)} if ids else {}
