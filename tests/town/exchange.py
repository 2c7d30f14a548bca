"""The town's own telephone exchange: a second Asterisk, with a configuration of its own, on another address.

It shares nothing with the product but the program. Its dialplan knows one thing: a call that was answered brings its
sound to `tests.town.line`.
"""

import secrets
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from run.host import programs
from run.settings import Settings
from tests.town.line import Line, Lines
from tests.town.manager import Manager, Message
from tests.town.waiting import wait_for

ADDRESS = "127.0.0.2"

MODULES = (
    "app_audiosocket app_senddtmf res_audiosocket app_dial app_playback app_verbose pbx_config",
    "codec_alaw codec_ulaw codec_resample format_wav format_pcm bridge_simple bridge_native_rtp",
    "func_callerid func_channel func_hangupcause res_timing_timerfd res_format_attr_opus",
    "res_pjsip res_pjsip_session res_pjsip_pubsub res_pjproject res_sorcery_config res_sorcery_memory",
    "res_sorcery_astdb res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_anonymous",
    "res_pjsip_sdp_rtp res_pjsip_caller_id res_pjsip_dtmf_info res_pjsip_rfc3326 chan_pjsip res_rtp_asterisk",
)

FILES = {
    "asterisk.conf": """
[directories]
astcachedir => {here}/var
astetcdir => {here}/etc
astmoddir => {modules}
astvarlibdir => {here}/var
astdbdir => {here}/var
astkeydir => {here}/var
astdatadir => {data}
astagidir => {here}/var
astspooldir => {here}/var
astrundir => {here}/run
astlogdir => {here}/log
[options]
verbose = 3
documentation_language = en_US
""",
    "modules.conf": "[modules]\nautoload = no\n{loads}\n",
    "logger.conf": "[general]\n[logfiles]\nfull => notice,warning,error,verbose\n",
    "manager.conf": """
[general]
enabled = yes
port = {manager_port}
bindaddr = 127.0.0.1
timestampevents = yes
writetimeout = 5000
[town]
secret = {secret}
read = system,call,dtmf
write = originate,call,system,command
""",
    "rtp.conf": "[general]\nrtpstart = {rtp_first}\nrtpend = {rtp_last}\nstrictrtp = no\nicesupport = no\n",
    "pjsip.conf": """
[global]
type = global
user_agent = Town
[town]
type = transport
protocol = udp
bind = {address}:{sip_port}
[holos]
type = endpoint
context = strangers
aors = holos
disallow = all
allow = alaw,ulaw
direct_media = no
dtmf_mode = rfc4733
transport = town
rtp_symmetric = yes
trust_id_outbound = no
[holos]
type = aor
contact = sip:{holos}
[holos]
type = identify
endpoint = holos
match = 127.0.0.1
""",
    "extensions.conf": """
[general]
static = yes
[strangers]
exten => _[+0-9]X.,1,Ringing()
 same => n,Wait(90)
 same => n,Hangup(19)
[people]
exten => answers,1,Answer()
exten => answers,2,Goto(talks,1)
exten => rejects,1,Hangup(17)
exten => talks,1,AudioSocket(${{LINE}},127.0.0.1:{lines_port})
 same => n,Hangup()
""",
}


class Exchange:
    """The running town exchange. `events` holds what happened to its channels, oldest first."""

    def __init__(self, here: Path, *, settings: Settings, ports: Sequence[int], rtp: tuple[int, int]):
        self.here, self._holos = here, f"127.0.0.1:{settings.sip_port}"
        self._program, directories = programs.asterisk_program(settings), programs.asterisk_directories(settings)
        self.sip_port, manager_port = ports
        self.lines = Lines()
        self.events: list[Message] = []
        self._taken: dict[UUID, str] = {}  # calls that the product made: the town's own names of their channels
        secret = secrets.token_hex(8)
        for folder in ("etc", "var", "run", "log"):
            (here / folder).mkdir(parents=True, exist_ok=True)
        values = {
            "here": here,
            "modules": directories["astmoddir"],
            "data": directories["astdatadir"],
            "loads": "\n".join(f"load = {name}.so" for line in MODULES for name in line.split()),
            "manager_port": manager_port,
            "secret": secret,
            "rtp_first": rtp[0],
            "rtp_last": rtp[1],
            "address": ADDRESS,
            "sip_port": self.sip_port,
            "holos": self._holos,
            "lines_port": self.lines.port,
        }
        for name, text in FILES.items():
            (here / "etc" / name).write_text(text.format(**values))
        self._process = self._start()
        self.manager = wait_for("the town's Manager", lambda: self._sign_in(manager_port, secret), seconds=20)
        wait_for("the town's Asterisk", lambda: any(e["Event"] == "FullyBooted" for e in self.events), seconds=20)

    def originate(self, number: str, caller: str, identity: UUID) -> Line:
        """A telephone of the town dials; its line opens when the product answers."""
        line = self.lines.expect(identity)
        self.manager.ask(
            "Originate",
            Channel=f"PJSIP/holos/sip:{number}@{self._holos}",
            CallerID=f"<{caller}>",
            Context="people",
            Exten="talks",
            Priority="1",
            Timeout="30000",
            Async="true",
            ChannelId=str(identity),
            variables={"LINE": str(identity)},
        )
        return line

    def rings(self, number: str, identity: UUID) -> bool:
        """Whether a telephone of the town is called; that call is known by this identity from then on."""
        if identity not in self._taken:
            born = (e for e in list(self.events) if e["Event"] == "Newchannel" and e.get("Context") == "strangers")
            news = [e for e in born if e.get("Exten") == number and e["Uniqueid"] not in self._taken.values()]
            if news:
                self._taken[identity] = news[-1]["Uniqueid"]
        return identity in self._taken

    def answer(self, identity: UUID) -> Line:
        """The telephone that rings is taken up; its line opens."""
        line = self.lines.expect(identity)
        channel = self.channel(identity) or ""
        self.manager.ask("Setvar", Channel=channel, Variable="LINE", Value=str(identity))
        self._leads(channel, "answers")
        return line

    def reject(self, identity: UUID) -> None:
        """Whoever is called does not want to talk."""
        self._leads(self.channel(identity) or "", "rejects")

    def _leads(self, channel: str, where: str) -> None:
        self.manager.ask("Redirect", Channel=channel, Context="people", Exten=where, Priority="1")

    def channel(self, identity: UUID) -> str | None:
        """The channel of a call, once there is one."""
        return next((e["Channel"] for e in self.happened(identity)), None)

    def happened(self, identity: UUID) -> list[Message]:
        """Everything that happened to a call's channel."""
        name = self._taken.get(identity, str(identity))
        return [e for e in list(self.events) if e.get("Uniqueid") == name]

    def time_of(self, identity: UUID, event: str, **fields: str) -> datetime:
        """When this first happened to a call's channel."""
        wanted = fields | {"Event": event}
        found = wait_for(
            f"{wanted} of {identity}",
            lambda: next((it for it in self.happened(identity) if wanted.items() <= it.items()), None),
        )
        return datetime.fromtimestamp(float((found or {})["Timestamp"]), UTC)

    def press(self, identity: UUID, key: str) -> None:
        """The person presses one key (RFC 4733); Asterisk answers when the tone has ended."""
        self.manager.ask("PlayDTMF", Channel=self.channel(identity) or "", Digit=key, Duration="120")

    def keys_heard(self, identity: UUID) -> list[str]:
        """The keys that the other side of a call has pressed."""
        ends = (event for event in self.happened(identity) if event["Event"] == "DTMFEnd")
        return [event["Digit"] for event in ends if event["Direction"] == "Received"]

    def hang_up(self, identity: UUID) -> None:
        """The person hangs up."""
        self.manager.ask("Hangup", Channel=self.channel(identity) or "", Cause="16")

    def close(self) -> None:
        """Stops the exchange."""
        self.manager.close()
        self.lines.close()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)

    def _start(self) -> subprocess.Popen[bytes]:
        log = (self.here / "log" / "start").open("wb")
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *self._program, "-f", "-C", str(self.here / "etc" / "asterisk.conf")],
            stdout=log,
            stderr=log,
        )

    def _sign_in(self, port: int, secret: str) -> Manager | None:
        if self._process.poll() is not None:
            said = (self.here / "log" / "start").read_text("utf-8", "replace")
            raise RuntimeError(f"the town's Asterisk ended with {self._process.returncode}: {said[-1000:]}")
        try:
            return Manager(("127.0.0.1", port), user="town", secret=secret, on_event=self.events.append)
        except OSError:
            return None
