"""Every setting, once. Each comes from the environment or from `holos.env` in the data directory, prefix `HOLOS_`.

`make run` writes `holos.env` with passwords it made; containers set the same names in `compose.yaml`.
"""

import os
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

DATA = Path(os.environ.get("HOLOS_DATA", "/var/lib/holos"))


class Settings(BaseSettings):
    """What an installation may choose. Ports listen on `bind`, loopback unless told otherwise."""

    model_config = SettingsConfigDict(env_prefix="HOLOS_", env_file=DATA / "holos.env", extra="ignore")

    data: Path = Field(DATA, description="everything that lasts: databases, recordings, configuration, logs")
    software: Path = Field(Path("/var/lib/holos/software"), description="what was installed: Python, Asterisk, tools")
    node: str = Field("node1", pattern="^[a-z][a-z0-9]{0,15}$", description="this Asterisk node's name")
    bind: str = Field("127.0.0.1", description="address of the public servers: web, SIP, RTP, WebSocket")

    web_port: int = 8080
    web_processes: int = 2
    public_url: str = Field("http://localhost:8080", description="how browsers reach us")
    sip_port: int = Field(5060, description="SIP trunk, UDP and TCP")
    sip_socket_port: int = Field(8088, description="WebSocket of browser phones")
    sip_socket_url: str = Field("ws://localhost:8088/ws", description="how browsers reach that WebSocket")
    rtp_first_port: int = 10000
    rtp_last_port: int = 12999
    trunk_addresses: list[str] = Field(["127.0.0.2"], description="addresses whose calls are the trunk's")

    ami_port: int = 5038
    ami_user: str = "holos"
    ami_secret: SecretStr = SecretStr("")
    ami_capture: Path | None = Field(None, description="raw AMI bytes are also written here")
    agi_port: int = 4573
    agi_sessions: int = Field(200, description="callers walking the menu at once; past it the static fallback")

    database_url: SecretStr = SecretStr("")  # the application's role: row-level security applies
    database_owner_url: SecretStr = SecretStr("")  # migrations only
    postgres_port: int = 5442
    redis_url: SecretStr = SecretStr("")
    redis_port: int = 6389
    s3_endpoint: str = "127.0.0.1:8333"
    s3_secure: bool = False
    s3_access_key: str = "holos"
    s3_secret_key: SecretStr = SecretStr("")
    s3_bucket: str = "holos-recordings"
    s3_port: int = 8333

    secret_key: SecretStr = SecretStr("")  # signs cookies and visitors' tokens
    speech: dict[str, str] = Field(
        {"uk": "espeak-ng", "uz": "espeak-ng", "ru": "espeak-ng", "en": "espeak-ng"},
        description="speech engine by language: espeak-ng, rhvoice, piper",
    )
    log_level: str = "INFO"

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
        """Prompts as Asterisk plays them: `<language>/<prompt>.alaw`, studio recordings under `studio/`."""
        return self.data / "sounds"
