"""Every setting, once. Each comes from the environment or from `holos.env` in the data directory, prefix `HOLOS_`.

`make run` writes `holos.env` with passwords it made, and `owner.env` with those that only root needs; containers set
the same names in `compose.yaml`. An address left empty is that of the server `make run` starts itself.
"""

import os
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DATA = Path(os.environ.get("HOLOS_DATA", "/var/lib/holos"))


def files(data: Path) -> tuple[Path, ...]:
    """The settings files of a data directory that this process may read."""
    return tuple(file for file in (data / "holos.env", data / "owner.env") if os.access(file, os.R_OK))


class Settings(BaseSettings):
    """What an installation may choose. Ports listen on `bind`, loopback unless told otherwise."""

    model_config = SettingsConfigDict(env_prefix="HOLOS_", env_file=files(DATA), extra="ignore")

    data: Path = Field(DATA, description="everything that lasts: databases, recordings, configuration, logs")
    software: Path = Field(Path("/var/lib/holos/software"), description="what was installed: Python, Asterisk, tools")
    node: str = Field("node1", pattern="^[a-z][a-z0-9]{0,15}$", description="this Asterisk node's name")
    bind: str = Field("127.0.0.1", description="address of the public servers: web, SIP, RTP, WebSocket")

    web_port: int = Field(8080, description="pages and the desk's live streams")
    web_processes: int = Field(2, ge=1, description="processes that share the web port")
    public_url: str = Field("", description="how browsers reach us; empty: http://localhost:<web_port>")
    sip_port: int = Field(5060, description="SIP trunk, UDP and TCP")
    sip_socket_port: int = Field(8088, description="WebSocket of browser phones")
    sip_socket_url: str = Field("", description="how browsers reach that WebSocket; empty: ws://localhost:<port>/ws")
    rtp_first_port: int = Field(10000, description="speech: UDP from here, two ports a channel")
    rtp_last_port: int = Field(12999, description="speech: UDP up to here")
    trunk_addresses: list[str] = Field(["127.0.0.2"], description="addresses whose calls are the trunk's")
    trunk_channels: dict[str, int] = Field({}, description="calls at once by a trunk's address, as JSON")
    trunk_far_end: str = Field("", description="host or host:port that calls to citizens go to; empty: none go")

    ami_port: int = Field(5038, description="Asterisk Manager, always on loopback")
    ami_through: int | None = Field(None, description="port of a tunnel by which the listener reaches the Manager")
    ami_user: str = Field("holos", description="the listener's name in Asterisk")
    ami_secret: SecretStr = Field(SecretStr(""), description="the listener's password in Asterisk")
    ami_capture: Path | None = Field(None, description="raw AMI bytes are also written here")
    agi_port: int = Field(4573, description="FastAGI: Asterisk asks what a caller hears next; always on loopback")
    workers: int = Field(2, ge=1, description="recordings encoded and stored at the same time")
    agi_sessions: int = Field(400, description="callers walking the menu at once; past it the static fallback")

    database_url: SecretStr = Field(SecretStr(""), description="the application's role: row-level security applies")
    database_password: SecretStr = Field(SecretStr(""), description="of that role, where make run starts PostgreSQL")
    database_owner_url: SecretStr = Field(SecretStr(""), description="the tables' owner: migrations only")
    database_owner_password: SecretStr = Field(SecretStr(""), description="of the owner; in owner.env")
    postgres_password: SecretStr = Field(SecretStr(""), description="of PostgreSQL's superuser; in owner.env")
    postgres_port: int = Field(5442, description="of the PostgreSQL that make run starts; always on loopback")
    redis_url: SecretStr = Field(SecretStr(""), description="redis://...; empty: the one make run starts")
    redis_password: SecretStr = Field(SecretStr(""), description="where make run starts Redis")
    redis_port: int = Field(6389, description="of the Redis that make run starts; always on loopback")
    attachment_limit: int = Field(25, ge=1, le=60, description="MB of one file attached to an appeal")
    s3_endpoint: str = Field("", description="host:port of the store; empty: 127.0.0.1:<s3_port>")
    s3_secure: bool = Field(False, description="whether the store speaks HTTPS")
    s3_access_key: str = Field("holos", description="our name in the store")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="our password in the store")
    s3_bucket: str = Field("holos-recordings", description="where recordings are kept")
    s3_port: int = Field(8333, description="the next eight ports and port + 10008 are the store's own, on loopback")
    s3_encrypted: bool = Field(True, description="ask the store to encrypt recordings at rest (SSE-S3)")
    s3_encryption_key: SecretStr = Field(SecretStr(""), description="encrypts our own store's objects; in owner.env")

    webhook_networks: list[str] = Field([], description="networks inside the house that webhooks may go to, as JSON")

    demo: bool = Field(True, description="load the demonstration organisations at the first start")
    demo_password: SecretStr = Field(SecretStr(""), description="one for all demonstration people; made at the install")
    telegram_token: SecretStr = Field(SecretStr(""), description="of the citizens' chat-bot, which is yet to come")
    speech: dict[str, str] = Field(
        {"uk": "espeak-ng", "uz": "espeak-ng", "ru": "espeak-ng", "en": "espeak-ng"},
        description="speech engine by language: espeak-ng, rhvoice, piper",
    )
    support: str = Field("", description="whom people turn to when Holos itself is in trouble; shown in the interface")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")
    metrics_token: SecretStr = Field(SecretStr(""), description="whoever shows it may read /metrics; empty: nobody")
    debian_mirror: str = Field("", description="where Asterisk is installed from; empty: the machine's own mirror")
    recording_pause_limit: int = Field(
        300, ge=10, description="seconds after which a paused recording goes on by itself"
    )
    stop_grace: int = Field(10, ge=0, description="seconds that calls may go on after make stop")

    @model_validator(mode="after")
    def _addresses_of_our_own_servers(self) -> Self:
        app, owner = self.database_password.get_secret_value(), self.database_owner_password.get_secret_value()
        database = f"127.0.0.1:{self.postgres_port}/holos"
        self.public_url = self.public_url or f"http://localhost:{self.web_port}"
        self.sip_socket_url = self.sip_socket_url or f"ws://localhost:{self.sip_socket_port}/ws"
        self.s3_endpoint = self.s3_endpoint or f"127.0.0.1:{self.s3_port}"
        if app and not self.database_url.get_secret_value():
            self.database_url = SecretStr(f"postgresql+psycopg://holos_app:{app}@{database}")
        if owner and not self.database_owner_url.get_secret_value():
            self.database_owner_url = SecretStr(f"postgresql+psycopg://holos_owner:{owner}@{database}")
        if (password := self.redis_password.get_secret_value()) and not self.redis_url.get_secret_value():
            self.redis_url = SecretStr(f"redis://:{password}@127.0.0.1:{self.redis_port}/0")
        return self

    @property
    def own_postgres(self) -> bool:
        """Whether `make run` starts PostgreSQL itself."""
        return _is_local(self.database_url.get_secret_value(), self.postgres_port)

    @property
    def own_redis(self) -> bool:
        """Whether `make run` starts Redis itself."""
        return _is_local(self.redis_url.get_secret_value(), self.redis_port)

    @property
    def own_store(self) -> bool:
        """Whether `make run` starts an S3 store itself."""
        return _is_local(f"s3://{self.s3_endpoint}", self.s3_port)

    @property
    def asterisk(self) -> Path:
        """Asterisk's own directory: etc, sounds, spool, run, log, db."""
        return self.data / "asterisk"

    @property
    def recordings_spool(self) -> Path:
        """Where MixMonitor writes, on a local disk."""
        return self.asterisk / "spool" / "recordings"

    @property
    def journal_spool(self) -> Path:
        """Where the listener keeps translated events until PostgreSQL has them."""
        return self.data / "journal"

    @property
    def sounds(self) -> Path:
        """Prompts: `<language>/<prompt>.alaw`; an organisation's studio recordings in `<language>_<code>/`."""
        return self.data / "sounds"


def _is_local(url: str, port: int) -> bool:
    address = urlsplit(url)
    return address.hostname == "127.0.0.1" and address.port == port
