"""The S3 store: one connection a process. Only the S3 API is used, so MinIO, SeaweedFS or a cloud serve alike."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import urllib3
from minio import Minio
from minio.datatypes import Object
from minio.error import MinioException, S3Error
from minio.sse import SseS3

from db.errors import NotFound

_PIECE = 64 * 1024
_AWAY = (MinioException, urllib3.exceptions.HTTPError, OSError)
_NOT_THERE = ("NoSuchKey", "NoSuchBucket", "NoSuchVersion")
_REFUSED = ("AccessDenied", "MethodNotAllowed", "InvalidRequest")
_DELETIONS = 3  # a bucket that once had versions answers a deletion with a mark, which is to be deleted as well


class StoreAway(Exception):
    """The store does not answer, or not as it should; try again later."""


class NotGone(Exception):
    """The store was asked to delete an object and still has it, or a version of it."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing tells it."""

    key: str
    size: int
    at: datetime


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
    with _answering():
        _client().bucket_exists(bucket_name=_Connection.bucket)


def put(key: str, path: Path, *, kind: str = "audio/webm") -> None:
    """Uploads a file of this media type, makes the bucket where there is none. StoreAway when that fails."""
    with _answering():
        try:
            _upload(key, path, kind)
        except S3Error as error:
            if error.code != "NoSuchBucket":
                raise
            _client().make_bucket(bucket_name=_Connection.bucket)
            _upload(key, path, kind)


def checksum(key: str) -> tuple[str, int]:
    """SHA-256 and size of what the store gives back. NotFound; StoreAway."""
    digest, size = hashlib.sha256(), 0
    for piece in read(key):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def read(key: str, *, offset: int = 0, length: int = 0) -> Iterator[bytes]:
    """The object, or `length` bytes of it from `offset`, piece by piece. NotFound or StoreAway before the first."""
    with _answering():
        try:
            answer = _client().get_object(bucket_name=_Connection.bucket, object_name=key, offset=offset, length=length)
        except S3Error as error:
            if error.code in _NOT_THERE:
                raise NotFound(key) from error
            raise
    return _pieces(answer)


def put_text(key: str, text: str) -> None:
    """A small object of our own, replaced as a whole. StoreAway."""
    data = text.encode()
    with _answering():
        _client().put_object(
            bucket_name=_Connection.bucket,
            object_name=key,
            data=io.BytesIO(data),
            length=len(data),
            content_type="application/json",
        )


def find(key: str) -> Listed | None:
    """The object as the store tells it now, or None. StoreAway."""
    found = _stat(key)
    return None if found is None else _listed(found)


def encrypts() -> bool:
    """Whether this process asks the store to encrypt what it keeps."""
    return _Connection.encrypted


def is_encrypted(key: str) -> bool:
    """Whether the store says that it keeps this object encrypted. StoreAway."""
    found = _stat(key)
    return found is not None and bool((found.metadata or {}).get("x-amz-server-side-encryption"))


def listing(prefix: str) -> Iterator[Listed]:
    """Every object under the prefix, in the order of their keys. StoreAway."""
    with _answering():
        try:
            for each in _client().list_objects(bucket_name=_Connection.bucket, prefix=prefix, recursive=True):
                if not each.is_dir:
                    yield _listed(each)
        except S3Error as error:
            if error.code not in _NOT_THERE:
                raise


def delete(key: str) -> None:
    """Deletes the object with all its versions, and looks whether it is gone. NotGone; StoreAway."""
    with _answering():
        try:
            left = _left_of(key)
        except S3Error as error:
            if error.code in _REFUSED:
                raise NotGone(_said(error)) from error
            raise
    if left:
        raise NotGone(key)


@contextmanager
def _answering() -> Iterator[None]:
    """Whatever goes wrong with the store in the block is StoreAway: its refusals, a proxy's page, a lost connection."""
    try:
        yield
    except _AWAY as error:
        raise StoreAway(_said(error)) from error


def _upload(key: str, path: Path, kind: str) -> None:
    _client().fput_object(
        bucket_name=_Connection.bucket,
        object_name=key,
        file_path=str(path),
        content_type=kind,
        sse=SseS3() if _Connection.encrypted else None,
    )


def _left_of(key: str) -> bool:
    """Deletes the object and its versions; whether any of it is still there."""
    for _attempt in range(_DELETIONS):
        versions: list[str | None] = [*_versions(key)]
        if not versions and _stat(key) is None:
            return False
        for version in versions or [None]:
            _client().remove_object(bucket_name=_Connection.bucket, object_name=key, version_id=version)
    return _stat(key) is not None or bool(_versions(key))


def _versions(key: str) -> list[str]:
    """Versions that a store with versions still has of the object; a mark of deletion is one as well."""
    there = _client().list_objects(bucket_name=_Connection.bucket, prefix=key, include_version=True)
    return [each.version_id for each in there if each.object_name == key and each.version_id]


def _stat(key: str) -> Object | None:
    with _answering():
        try:
            return _client().stat_object(bucket_name=_Connection.bucket, object_name=key)
        except S3Error as error:
            if error.code in _NOT_THERE:
                return None
            raise


def _listed(found: Object) -> Listed:
    assert found.object_name is not None
    assert found.last_modified is not None
    return Listed(found.object_name, found.size or 0, found.last_modified)


def _pieces(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        with _answering():
            yield from answer.stream(_PIECE)
    finally:
        answer.close()
        answer.release_conn()


def _client() -> Minio:
    if _Connection.client is None:
        raise RuntimeError("db.store.connect() was not called in this process")
    return _Connection.client


def _said(error: Exception) -> str:
    """The error in a line, without addresses of requests."""
    lines = str(error).splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
