"""What make run says at its end: where, who, with which password, and how to make a first call."""

from ivr.demonstration import NUMBERS
from run.demo.people import ORGANISATIONS
from run.settings import Settings


def welcome(settings: Settings) -> str:
    """The addresses, sign-ins and first steps of an installation."""
    lines = ["", f"  Sign in              {settings.public_url}/"]
    if settings.demo:
        lines += [
            f"  Call from a browser  {settings.public_url}/call",
            f"  SIP trunk            {settings.bind}:{settings.sip_port}, UDP and TCP; calls are taken from "
            f"{', '.join(settings.trunk_addresses)}",
            "",
            f"  Password of all demonstration people: {settings.demo_password.get_secret_value()}",
        ]
        for organisation in ORGANISATIONS:
            lines.append(f"\n  {organisation.title}: dial {NUMBERS[organisation.code][0]}")
            lines += [f"    {person.login:<11}{person.name}, {person.role}" for person in organisation.people]
        lines += [
            "",
            "  A first call: sign in as olena, start the shift, press Ready; in a second tab open /call, press Call.",
            "  Twenty callers at once: make demo-calls N=20",
        ]
    lines += ["", "  make status, make stop; everything lasting is in " + str(settings.data)]
    return "\n".join(lines)
