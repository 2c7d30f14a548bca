"""The S3 store: one connection a process. Only the S3 API is used, so MinIO, SeaweedFS or a cloud serve alike."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import S3Error
from minio.sse import SseS3

from db import NotFound

_PIECE = 64 * 1024


class StoreAway(Exception):
    """The store does not answer, or not as it should; try again later."""


class _Connection:
    """The process's client, once `connect` was called."""

    client: Minio | None = None
    bucket: str = ""
    encrypted: bool = False


def connect(
    endpoint: str, *, access_key: str, secret_key: str, bucket: str, secure: bool = False, encrypted: bool = False
) -> None:
    """Gives this process its store; asks nothing of it yet. `encrypted` asks the store to encrypt at rest (SSE-S3)."""
    patience = urllib3.Timeout(connect=3.0, read=20.0)
    _Connection.client = Minio(
        endpoint=endpoint,
        access_key=access_key,
        secret_key=secret_key,
        secure=secure,
        region="us-east-1",  # spares a question for each request; stores of our own have one region
        http_client=urllib3.PoolManager(
            timeout=patience, retries=urllib3.Retry(total=1, backoff_factor=0.2), maxsize=16
        ),
    )
    _Connection.bucket, _Connection.encrypted = bucket, encrypted


def ask() -> None:
    """StoreAway when the store does not answer; spares the work of encoding for it."""
    try:
        _client().bucket_exists(bucket_name=_Connection.bucket)
    except (S3Error, urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreAway(_said(error)) from error


def put(key: str, path: Path) -> None:
    """Uploads a file, makes the bucket where there is none. StoreAway when that fails."""
    client, sse = _client(), SseS3() if _Connection.encrypted else None
    try:
        for attempt in (1, 2):
            try:
                client.fput_object(
                    bucket_name=_Connection.bucket,
                    object_name=key,
                    file_path=str(path),
                    content_type="audio/webm",
                    sse=sse,
                )
                return
            except S3Error as error:
                if attempt == 2 or error.code != "NoSuchBucket":
                    raise
                client.make_bucket(bucket_name=_Connection.bucket)
    except (S3Error, urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreAway(_said(error)) from error


def checksum(key: str) -> tuple[str, int]:
    """SHA-256 and size of what the store gives back. NotFound; StoreAway."""
    digest, size = hashlib.sha256(), 0
    for piece in read(key):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def read(key: str, *, offset: int = 0, length: int = 0) -> Iterator[bytes]:
    """The object, or `length` bytes of it from `offset`, piece by piece. NotFound or StoreAway before the first."""
    try:
        answer = _client().get_object(bucket_name=_Connection.bucket, object_name=key, offset=offset, length=length)
    except S3Error as error:
        if error.code in ("NoSuchKey", "NoSuchBucket"):
            raise NotFound(key) from error
        raise StoreAway(_said(error)) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreAway(_said(error)) from error
    return _pieces(answer)


def _pieces(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        yield from answer.stream(_PIECE)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise StoreAway(_said(error)) from error
    finally:
        answer.close()
        answer.release_conn()


def _client() -> Minio:
    if _Connection.client is None:
        raise RuntimeError("recordings.store.connect() was not called in this process")
    return _Connection.client


def _said(error: Exception) -> str:
    """The error in a line, without addresses of requests."""
    return f"{type(error).__name__}: {str(error).splitlines()[0][:200]}"
