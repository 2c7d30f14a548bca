"""Bare Asterisk: the same modules, endpoints, prompts, queues and recording as the product's, in pure dialplan.

Nobody listens to its Manager, nothing is kept in a database, no menu is data: the least that could do the same calls.
"""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.centre import PROMPTS
from calls.model import Language
from run.asterisk import config as asterisk_config
from run.asterisk import prompts
from run.asterisk.config import AgentPhone, Configuration
from run.host import programs
from run.settings import Settings
from tests.telephony.asterisk import software
from tests.town.town import SOUNDS
from tests.town.waiting import wait_for


@dataclass(frozen=True)
class Flow:
    """What a caller meets: prompts by name, in one language."""

    language: str
    first: Sequence[str]  # until the first key
    second: Sequence[str]  # until the second key
    notice: str


DIALPLAN = """
[general]
static = yes

[from-trunk]
exten => _X.,1,Set(__CALL_ID=${{UUID()}})
 same => n,Answer()
 same => n,Set(CHANNEL(language)={language})
 same => n,Goto(first,s,1)

exten => 1580,1,Answer()
 same => n,Set(CHANNEL(language)={language})
 same => n,Goto(closed,s,1)

[first]
exten => s,1,Background({first})
 same => n,WaitExten(5)
 same => n,Goto(s,1)
exten => _[0-9],1,Goto(second,s,1)
exten => t,1,Goto(s,1)
exten => i,1,Goto(s,1)

[second]
exten => s,1,Background({second})
 same => n,WaitExten(5)
 same => n,Goto(s,1)
exten => 4,1,Goto(nobody,s,1)
exten => 5,1,Goto(status,s,1)
exten => _[0-9],1,Goto(queue,s,1)
exten => t,1,Goto(s,1)
exten => i,1,Goto(s,1)

; What only some citizens meet: nobody answers, self-service, a closed office; a queue to which a robot transfers.
[nobody]
exten => s,1,Playback({notice})
 same => n,Queue(nobody,ci)
 same => n,Hangup()

[while-waiting]
exten => 1,1,Playback(callback-accepted)
 same => n,Hangup()

[status]
exten => s,1,Read(NUMBER,enter-appeal-number,8,,1,6)
 same => n,Playback(appeal-state-registered)
 same => n,Hangup()

[closed]
exten => s,1,Background(closed)
 same => n,Background(night-menu)
 same => n,WaitExten(5)
 same => n,Hangup()
exten => _X,1,Goto(s,1)

[queue]
exten => s,1,Playback({notice})
 same => n,Queue(bare,ci,,,,,answered)
 same => n,Hangup()

[answered]
exten => s,1,MixMonitor(,r({recordings}/${{CALL_ID}}.tx.wav)t({recordings}/${{CALL_ID}}.rx.wav))
 same => n,Return()
"""


class Bare:
    """The running bare Asterisk."""

    def __init__(self, settings: Settings, flow: Flow, robots: Sequence[AgentPhone]) -> None:
        self.settings = settings
        asterisk_config.render(settings, Configuration(agents=robots))
        etc = settings.asterisk / "etc"
        self.recordings = settings.recordings_spool
        prompts = {"first": "&".join(flow.first), "second": "&".join(flow.second), "notice": flow.notice}
        dialplan = DIALPLAN.format(language=flow.language, recordings=self.recordings, **prompts)
        transferred = "exten => _[a-z]!,1,Goto(queue,s,1)\n"
        codes = sorted({robot.organisation for robot in robots})
        dialplan += "".join(f"\n[from-agents-{code}]\n{transferred}" for code in codes)
        (etc / "extensions.conf").write_text(dialplan)
        members = "".join(f"member = PJSIP/{robot.endpoint}\n" for robot in robots)
        queues = (etc / "queues.conf").read_text()
        answering = f"[bare](waiting)\ntimeout = 20\nmusicclass = default\n{members}"
        (etc / "queues.conf").write_text(f"{queues}\n{answering}\n[nobody](waiting)\nmusicclass = default\n")
        with (settings.asterisk / "log" / "start").open("wb") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *programs.asterisk(settings, "-f")],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def says(self, command: str) -> str:
        """What Asterisk's console answers."""
        answer = subprocess.run(
            programs.asterisk(self.settings, "-rx", command), capture_output=True, text=True, check=False, timeout=10
        )
        return answer.stdout

    def recorded(self) -> list[Path]:
        """The callers' sides of the recordings."""
        return sorted(self.recordings.glob("*.rx.wav"))

    def stop(self) -> None:
        """Ends it."""
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)


@contextmanager
def bare_asterisk(here: Path, first_port: int, robots: Sequence[AgentPhone] = (), *, rtp_ports: int) -> Iterator[Bare]:
    """A bare Asterisk in `here` with the flow of the product's organisation under test."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data=here,
        software=software(here.parent),
        sip_port=first_port,
        sip_socket_port=first_port + 1,
        ami_port=first_port + 2,
        agi_port=first_port + 3,
        rtp_first_port=first_port + 100,
        rtp_last_port=first_port + 99 + rtp_ports,
        ami_secret="nobody-asks-for-it-here",
    )
    settings.data.mkdir()
    for language in Language:
        (SOUNDS / language).mkdir(parents=True, exist_ok=True)
    prompts.make(SOUNDS, settings.speech)
    settings.sounds.symlink_to(SOUNDS)
    bare = Bare(settings, Flow("uz", *PROMPTS), robots)
    try:
        wait_for("bare Asterisk", lambda: "fully booted" in bare.says("core waitfullybooted"), seconds=30)
        yield bare
    finally:
        bare.stop()
