"""make test-install: `make run`, `make stop` and `make test` in an empty Debian 12, from a clean clone.

The root holds Debian's minimum with make, git and ca-certificates. How this machine reaches its package servers (apt
sources and options, pip's and npm's configuration, certificates) is lent to it while it runs. Mounts and processes
are its own, so that what is left behind after `make stop` can be counted; the network is the machine's, so the ports
are others than usual. The log is kept in docs/install-log.txt.
"""

import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from run.host.asterisk_root import machines_mirror
from run.host.release import SOURCE

LOG = SOURCE / "docs" / "install-log.txt"
FIRST_PORT = int(os.environ.get("HOLOS_TEST_FIRST_PORT", "21000"))
PORTS = {
    "WEB": 80, "SIP": 60, "SIP_SOCKET": 88, "AMI": 38, "AGI": 73, "POSTGRES": 42, "REDIS": 89, "S3": 133,
    "RTP_FIRST": 600, "RTP_LAST": 999,
}  # fmt: skip
TESTS = os.environ.get("TESTS", "")  # all of them, unless some are named
TEST = f"make test TESTS={TESTS}" if TESTS else "make test"
LENT = (
    "/etc/resolv.conf", "/etc/hosts", "/etc/apt/sources.list", "/etc/apt/sources.list.d", "/etc/apt/apt.conf.d",
    "/etc/apt/auth.conf", "/etc/apt/auth.conf.d", "/etc/pip.conf", "/etc/npmrc", "/etc/ssl/certs/ca-certificates.crt",
    "/usr/local/share/ca-certificates", "/root/.npmrc", "/root/.config/pip",
)  # fmt: skip

SCRIPT = """
set -u
cd /root/holos
echo "# commit $(git -c safe.directory=* log -1 --format='%h of %ci')"
echo "# Nothing was cached. The configuration of apt, pip and npm, and what it names on disk, is the machine's."
say() { echo; echo "\\$ $*"; }
timed() { say "$@"; began=$(date +%s); "$@"; code=$?; echo "[exit $code after $(($(date +%s) - began)) s]"; }
say "cat /etc/debian_version"; cat /etc/debian_version
timed make run
timed make run
timed make status
say "GET /readyz"; /usr/bin/python3 -c "
import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:$HOLOS_WEB_PORT/readyz').read().decode())"
echo; echo "# a listener killed with -9 comes back"
kill -9 "$(s6-svstat -o pid /var/lib/holos/services/listener)"; sleep 10
timed make status
timed make stop
sleep 1
echo; echo "# processes left behind:"
for p in /proc/[0-9]*; do
    [ "${p#/proc/}" = $$ ] || [ ! -s $p/cmdline ] || { tr '\\0' ' ' <$p/cmdline; echo; }
done | grep -v -e "^tr " -e "^grep " -e "^/bin/sh /probe" | grep . || echo "(none)"
echo; echo "# a later start; callers with speech; nobody is at a desk, so they give up waiting"
timed make run
timed make demo-calls N=5
timed make stop
echo; echo "# everything again, interrupted twice, then repaired"
rm -rf /var/lib/holos
say "make run, interrupted after 40 s"; timeout -s INT 40 make run; echo "[exit $?]"
say "make run, interrupted after 30 s more"; timeout -s INT 30 make run; echo "[exit $?]"
timed make run
timed make stop
echo; echo "# the tests"
for name in $(env | sed -n 's/^\\(HOLOS_[A-Z0-9_]*\\)=.*/\\1/p'); do unset "$name"; done
timed make test ${TESTS:+"TESTS=$TESTS"}
echo; echo "# without root"
cp -r /root/holos /srv/holos; cd /srv/holos
say "make run, as nobody"; setpriv --reuid=nobody --regid=nogroup --clear-groups make run; echo "[exit $?]"
exit 0
"""


def main() -> int:
    """0 when every command in the root ended as it should."""
    place = Path(tempfile.mkdtemp(prefix="holos-empty-"))
    root = place / "root"
    try:
        _make_root(root)
        _lend(root)
        _clone(root)
        text = _run(root)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    LOG.write_text(_without_this_machine(text))
    faults = list(_faults(text))
    print("\n".join(faults) if faults else f"as it should be; the log is {LOG.relative_to(SOURCE)}")
    return 1 if faults else 0


def _make_root(root: Path) -> None:
    began = time.monotonic()
    options = ['Acquire::Check-Valid-Until "false"', 'Acquire::Check-Date "false"']
    command = ["mmdebstrap", "--variant=minbase", "--include=make,git,ca-certificates"]
    command += [f"--aptopt={option}" for option in options]
    subprocess.run([*command, "bookworm", str(root), machines_mirror()], check=True, stderr=subprocess.DEVNULL)
    print(f"an empty Debian 12 made in {time.monotonic() - began:.0f} s")


def _lend(root: Path) -> None:
    for name in LENT:
        source, target = Path(name), root / name.lstrip("/")
        if not source.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)


def _clone(root: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(SOURCE), str(root / "root/holos")], check=True)


def _run(root: Path) -> str:
    (root / "probe").write_text("#!/bin/sh\n" + SCRIPT)
    mounts = [f"mount -t proc proc {root}/proc", f"mount --rbind /dev {root}/dev"]
    for directory in _local_packages():
        target = root / str(directory).lstrip("/")
        target.mkdir(parents=True, exist_ok=True)
        mounts.append(f"mount --bind -o ro {directory} {target}")
    enter = " && ".join([*mounts, f"exec chroot {root} /bin/sh /probe"])
    environment = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "npm_"))}
    environment |= {name: os.environ[name] for name in ("http_proxy", "https_proxy", "no_proxy") if name in os.environ}
    environment |= {f"HOLOS_{name}_PORT": str(FIRST_PORT + number) for name, number in PORTS.items()}
    environment |= {"TESTS": TESTS} if TESTS else {}
    environment |= {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--", "sh", "-c", enter]
    said = []
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as running:
        assert running.stdout is not None
        for line in running.stdout:
            text = line.decode(errors="replace")
            said.append(text)
            print("  " + text, end="", flush=True)
    return "".join(said)


def _local_packages() -> Iterator[Path]:
    """Directories that pip's configuration names: a machine may have its packages on disk."""
    for name in ("/etc/pip.conf", "/root/.config/pip/pip.conf", "/root/.pip/pip.conf"):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(name)
        words = " ".join(value for section in parser for value in parser[section].values()).split()
        for word in {*words, *os.environ.get("PIP_FIND_LINKS", "").split()}:
            directory = Path(word.removeprefix("file://"))
            if directory.is_absolute() and directory.is_dir():
                yield directory.parent if directory.name == "simple" else directory


def _faults(text: str) -> Iterator[str]:
    commands = re.findall(r"^\$ (make .*)\n(?:.*\n)*?\[exit (\d+)(?: after (\d+) s)?\]", text, re.MULTILINE)
    wanted = ["make run", "make run", "make status", "make status", "make stop",
              "make run", "make demo-calls N=5", "make stop", "make run, interrupted after 40 s",
              "make run, interrupted after 30 s more", "make run", "make stop", TEST,
              "make run, as nobody"]  # fmt: skip
    if [command for command, _, _ in commands] != wanted:
        yield f"these commands ended: {[command for command, _, _ in commands]}"
        return
    for command, code, _ in commands:
        if (code != "0") != ("interrupted" in command or "nobody" in command):
            yield f"{command}: exit {code}"
    first, again, later = (int(commands[place][2]) for place in (0, 1, 5))
    if first > 300:
        yield f"the first make run took {first} s"
    if later > 20:
        yield f"a later make run took {later} s"
    if again > 20:
        yield f"the second make run took {again} s"
    if "(none)" not in text:
        yield "processes were left behind"
    if "it needs root" not in text:
        yield "without root there is no clear message"


def _without_this_machine(text: str) -> str:
    """The log as anybody may read it: no addresses of servers, no paths of this machine, no passwords."""
    text = re.sub(r"(Password of all demonstration people:) \S+", r"\1 (made at the install)", text)
    text = re.sub(r"(https?|file)://(?!localhost|127\.)[^\s'\"]+", r"\1://(server)", text)
    return text.replace(str(SOURCE), "(clone)")


if __name__ == "__main__":
    sys.exit(main())
