"""What we ask of the machine: users, directories with their owners, free ports."""

import grp
import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from run.host import programs
from run.host.steps import Refused
from run.settings import Settings

OURS, ASTERISK, STORE, POSTGRES = "holos", "holos-asterisk", "holos-store", "postgres"


@dataclass(frozen=True, slots=True)
class Directory:
    """A directory with its owner; the group of a setgid directory is inherited by what is made in it."""

    path: str
    user: str
    group: str
    mode: int


DIRECTORIES = (
    Directory("redis", STORE, STORE, 0o750),
    Directory("s3", STORE, STORE, 0o750),
    Directory("sounds", OURS, OURS, 0o755),
    Directory("journal", OURS, OURS, 0o750),
    Directory("agi", OURS, OURS, 0o750),
    Directory("logs", "root", OURS, 0o750),
    Directory("asterisk", "root", "root", 0o755),
    Directory("asterisk/etc", OURS, ASTERISK, 0o2750),  # we render, Asterisk reads, nobody else sees the secrets
    Directory("asterisk/data", OURS, ASTERISK, 0o2750),
    Directory("asterisk/run", ASTERISK, OURS, 0o2750),
    Directory("asterisk/db", ASTERISK, ASTERISK, 0o700),
    Directory("asterisk/log", ASTERISK, OURS, 0o2750),  # the listener reads queue_log
    Directory("asterisk/spool", ASTERISK, OURS, 0o2770),
    Directory("asterisk/spool/outgoing", ASTERISK, ASTERISK, 0o700),
    Directory("asterisk/spool/recordings", ASTERISK, OURS, 0o2770),  # the worker deletes what it has stored
)


@dataclass(frozen=True, slots=True)
class Port:
    """A port one of our processes listens on, and the setting that chooses it."""

    setting: str
    service: str
    number: int
    address: str
    datagram: bool = False


def ports(settings: Settings) -> list[Port]:
    """Every port an installation with these settings listens on, except the range of RTP."""
    loopback = "127.0.0.1"
    listed = [
        Port("HOLOS_WEB_PORT", "web", settings.web_port, settings.bind),
        Port("HOLOS_SIP_PORT", "asterisk", settings.sip_port, settings.bind),
        Port("HOLOS_SIP_PORT", "asterisk", settings.sip_port, settings.bind, datagram=True),
        Port("HOLOS_SIP_SOCKET_PORT", "asterisk", settings.sip_socket_port, settings.bind),
        Port("HOLOS_AMI_PORT", "asterisk", settings.ami_port, loopback),
        Port("HOLOS_AGI_PORT", "agi", settings.agi_port, loopback),
    ]
    if settings.own_postgres:
        listed.append(Port("HOLOS_POSTGRES_PORT", "postgres", settings.postgres_port, loopback))
    if settings.own_redis:
        listed.append(Port("HOLOS_REDIS_PORT", "redis", settings.redis_port, loopback))
    if settings.own_store:
        store = programs.store_ports(settings).values()
        listed += [Port("HOLOS_S3_PORT", "s3", number, loopback) for number in store]
    return listed


def refuse_shared(wanted: Sequence[Port]) -> None:
    """Refused, naming both settings, when two of our own processes are to listen on one port."""
    seen: dict[tuple[int, bool], Port] = {}
    for port in wanted:
        other = seen.setdefault((port.number, port.datagram), port)
        if other is not port:
            of_both = f"{other.setting} ({other.service}) and {port.setting} ({port.service})"
            raise Refused(f"two settings ask for port {port.number}: {of_both}. The store takes several in a row.")


def refuse_taken(wanted: Sequence[Port]) -> None:
    """Refused, naming every port that somebody else listens on, its setting, and the process where it can be known."""
    taken = [port for port in wanted if not _is_free(port)]
    if not taken:
        return
    lines = [
        f"  {'UDP' if port.datagram else 'TCP'} {port.address}:{port.number}, wanted for {port.service}, "
        f"is taken by {owner_of(port) or 'a process that cannot be seen'}; another may be chosen: "
        f"{port.setting}=... make run"
        for port in taken
    ]
    raise Refused("a port is taken.\n" + "\n".join(lines))


def owner_of(port: Port) -> str | None:
    """Who listens there: "nginx (pid 712)"."""
    inodes = set(_listening_inodes(port))
    for entry in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        try:
            target = os.readlink(entry)
        except OSError:
            continue
        if target.removeprefix("socket:[").removesuffix("]") in inodes:
            process = entry.parent.parent
            return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return None


def make_users() -> bool:
    """The users our processes run as: none may sign in, none owns code. Whether one had to be made."""
    made = False
    for name in (OURS, ASTERISK, STORE):
        try:
            pwd.getpwnam(name)
        except KeyError:
            _do("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
                "--shell", "/usr/sbin/nologin", name)  # fmt: skip
            made = True
    return made


def make_directories(data: Path) -> bool:
    """The data directory's places with owners and modes. Whether anything was different."""
    different = False
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o755)
    for place in DIRECTORIES:
        path, user, group = data / place.path, pwd.getpwnam(place.user).pw_uid, grp.getgrnam(place.group).gr_gid
        path.mkdir(exist_ok=True)
        found = path.stat()
        if (found.st_uid, found.st_gid, found.st_mode & 0o7777) != (user, group, place.mode):
            os.chown(path, user, group)
            path.chmod(place.mode)
            different = True
    return different


def refuse_small_disk(path: Path, gigabytes: float) -> None:
    """Refused where the disk has less room than an installation takes."""
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free / 1e9
    if free < gigabytes:
        raise Refused(f"{path} has {free:.1f} GB free; an installation takes {gigabytes:.0f} GB.")


def _is_free(port: Port) -> bool:
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM if port.datagram else socket.SOCK_STREAM) as trial:
        if not port.datagram:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((port.address, port.number))
        except OSError:
            return False
    return True


def _listening_inodes(port: Port) -> Iterator[str]:
    """Linux' /proc/net/tcp: `sl local_address rem_address st ... inode`, the port in hexadecimal; st 0A is LISTEN."""
    for table in ("udp", "udp6") if port.datagram else ("tcp", "tcp6"):
        file = Path("/proc/net") / table
        for line in file.read_text().splitlines()[1:] if file.exists() else ():
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == port.number and (port.datagram or fields[3] == "0A"):
                yield fields[9]


def _do(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(f"{' '.join(command)}: {done.stderr.strip()}")
