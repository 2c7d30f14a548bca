"""How a process reaches the S3 store, from the settings."""

from db import store
from run.settings import Settings


def connect_store(settings: Settings) -> None:
    """Gives this process its store; asks nothing of it yet."""
    store.connect(
        settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key.get_secret_value(),
        bucket=settings.s3_bucket,
        secure=settings.s3_secure,
        encrypted=settings.s3_encrypted,
    )
