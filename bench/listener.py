"""The product's listener as it is, but for where the robots' phones are.

An operator's phone is a browser, and forty browsers are more than the machine under test has room for. So Asterisk is
told that the phones of the robots are SIP phones at one address; nothing else differs, and bare Asterisk is told the
same. Where it is said, supervisors' phones are SIP phones too. `python -m bench.listener`.
"""

import os
from dataclasses import replace

from sqlalchemy.orm import Session

from run import listener
from run.asterisk import config as asterisk_config
from run.asterisk.config import Configuration

ROBOTS = "HOLOS_BENCH_ROBOTS"  # "first-last@address:port": persons with these ids have a SIP phone there
SUPERVISORS = "HOLOS_BENCH_SUPERVISORS"  # "address:port": the phones lent to supervisors are SIP phones there


def with_robots(configuration: Configuration) -> Configuration:
    """The configuration with the robots' addresses."""
    people, _, address = os.environ[ROBOTS].partition("@")
    first, last = (int(number) for number in people.split("-"))
    agents = [
        replace(agent, contact=f"sip:{agent.endpoint}@{address}") if first <= agent.person_id <= last else agent
        for agent in configuration.agents
    ]
    lent = configuration.supervisors
    if place := os.environ.get(SUPERVISORS):
        lent = [replace(phone, contact=f"sip:{phone.endpoint}@{place}") for phone in lent]
    return replace(configuration, agents=agents, supervisors=lent)


def main() -> None:
    """Runs the product's own process."""
    usual = asterisk_config.configuration

    def configuration(session: Session) -> Configuration:
        return with_robots(usual(session))

    asterisk_config.configuration = configuration
    listener.main()


if __name__ == "__main__":
    main()
