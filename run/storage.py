"""How a process reaches the S3 store, from the settings; who is asked to look whether it is as it should be."""

from appeals.attachments import jobs
from db import store
from recordings import asking
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


def verify_attachments(node: str, organisation: int) -> bool:
    """Asks a worker of the node to read every attachment of the organisation whole; whether anybody was asked."""
    told = "verify the attachments of an organisation"
    return asking.ask(node, jobs.verify_one, organisation, 1, limit=jobs.TIME_LIMIT, told=told)


def verify_all_attachments(node: str) -> dict[str, int]:
    """Asks a worker of the node to look at every organisation's. ConnectionError without Redis."""
    return asking.demand(node, jobs.verify, limit=jobs.TIME_LIMIT, told="verify attachments")
