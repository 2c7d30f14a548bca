"""Asterisk's own root directory, from Debian's packages of a newer suite; Debian 12 itself has no Asterisk.

Its packages are only unpacked; programs and libraries are used in place by their own loader
(`run.host.programs.asterisk`). Nothing of it is mixed with the machine's, nothing is mounted, nothing runs as root.
"""

import re
import shutil
import subprocess

from run.host import programs
from run.host.steps import Refused
from run.settings import Settings

SUITE = "forky"
OLDEST = 20


def install(settings: Settings) -> str:
    """Our own root, unless there is one or the machine's Asterisk will do; says which version serves. Refused."""
    found = version(settings)
    if found is not None and is_new_enough(found):
        return f"{found} was there"
    build(settings)
    installed = f"{version(settings)} installed"
    return f"{installed}; the machine's own {found} is too old" if found else installed


def version(settings: Settings) -> str | None:
    """Of our own root, else of the machine's Asterisk; None where there is neither, or it does not say."""
    try:
        command = programs.asterisk(settings, "-V")
    except programs.Missing:
        return None
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"Asterisk (?:certified[/-])?(\d[\d.]*)", said)
    return found[1] if found else None


def is_new_enough(version: str) -> bool:
    """Whether it has what our configuration asks for."""
    return int(version.partition(".")[0]) >= OLDEST


def build(settings: Settings) -> None:
    """Builds the root aside and renames it. Refused with mmdebstrap's last words where that fails."""
    root = settings.software / "asterisk"
    unfinished = settings.software / "asterisk.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    settings.software.mkdir(parents=True, exist_ok=True)
    mirror = settings.debian_mirror or machines_mirror()
    options = [
        'APT::Install-Recommends "false"',
        # A mirror that is a snapshot has Release files past their date; signatures are still checked.
        'Acquire::Check-Valid-Until "false"',
        'Acquire::Check-Date "false"',
        *_network_options(),
    ]
    # Unpacked, not configured: no program of the root is run, so that containers without rights can do it too.
    command = ["mmdebstrap", "--variant=extract", "--include=asterisk"]
    command += [f"--aptopt={option}" for option in options]
    done = subprocess.run([*command, SUITE, str(unfinished), mirror], capture_output=True, text=True, check=False)
    if done.returncode != 0 or not (unfinished / "usr/sbin/asterisk").exists():
        last = "\n".join(done.stderr.strip().splitlines()[-8:])
        raise Refused(
            f"Asterisk could not be had from Debian {SUITE} (another mirror: HOLOS_DEBIAN_MIRROR=... make run):\n{last}"
        )
    for waste in ("var/cache", "var/lib", "usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(unfinished / waste, ignore_errors=True)
    shutil.rmtree(root, ignore_errors=True)
    unfinished.rename(root)


def machines_mirror() -> str:
    """Where this machine's apt has Debian itself from."""
    command = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    for line in said.splitlines():
        address, _, release = line.partition(" ")
        if not any(other in f"{address} {release}" for other in ("-security", "-updates", "-backports")):
            return address
    raise Refused("apt has no Debian mirror in its sources; name one: HOLOS_DEBIAN_MIRROR=... make run")


def _network_options() -> list[str]:
    """How the machine's apt reaches its mirrors: proxies, certificates."""
    said = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    return [line.rstrip(";") for line in said.splitlines() if re.match(r'Acquire::https?::\S+ "[^"]', line)]
