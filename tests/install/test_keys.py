"""Passwords are made once, kept apart by who may read them, and never replaced."""

import stat
from pathlib import Path

from run.host import keys


def test_passwords_are_made_once(tmp_path: Path) -> None:
    assert keys.keep(tmp_path, {"web_port": "9090"})
    first = keys.of(tmp_path)
    assert not keys.keep(tmp_path, {})
    assert keys.of(tmp_path) == first
    assert first.web_port == 9090
    assert first.public_url == "http://localhost:9090"


def test_a_setting_given_later_changes_nothing_else(tmp_path: Path) -> None:
    keys.keep(tmp_path, {})
    before = keys.of(tmp_path)
    assert keys.keep(tmp_path, {"postgres_port": "5999"})
    after = keys.of(tmp_path)
    assert after.database_password == before.database_password
    assert ":5999/holos" in after.database_url.get_secret_value()
    assert after.own_postgres


def test_a_server_of_somebody_else_is_not_ours_to_start(tmp_path: Path) -> None:
    keys.keep(
        tmp_path, {"database_url": "postgresql+psycopg://holos_app:x@db.example/holos", "s3_endpoint": "s3.example"}
    )
    settings = keys.of(tmp_path)
    assert not settings.own_postgres
    assert not settings.own_store
    assert settings.own_redis


def test_what_only_root_may_know_is_in_a_file_only_root_reads(tmp_path: Path) -> None:
    keys.keep(tmp_path, {})
    shared, owners = tmp_path / "holos.env", tmp_path / "owner.env"
    assert stat.S_IMODE(shared.stat().st_mode) == 0o640
    assert stat.S_IMODE(owners.stat().st_mode) == 0o600
    settings = keys.of(tmp_path)
    for name in keys.OWNERS:
        secret = getattr(settings, name).get_secret_value()
        assert len(secret) >= 24
        assert secret not in shared.read_text()


def test_a_half_written_file_is_no_file(tmp_path: Path) -> None:
    (tmp_path / ".holos.env.new").write_text("HOLOS_REDIS_PASSWORD=")
    assert keys.keep(tmp_path, {})
    assert len(keys.of(tmp_path).redis_password.get_secret_value()) >= 24
