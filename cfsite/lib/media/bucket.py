"""Media in a bucket of Amazon S3 or any store that speaks its protocol.

Address and keys are those of all AWS programs: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage

# A page waits for a poster; the store is asked once more if it does not answer. Checksums only
# where the protocol demands them: many stores do not know Amazon's newer ones.
CONFIG = Config(
    connect_timeout=3,
    read_timeout=10,
    retries={"max_attempts": 2, "mode": "standard"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


class Bucket(S3Storage):
    """Raises OSError for whatever is wrong with the store, as files do."""

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "client_config": CONFIG,
            # The name of a file names its content.
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
            "querystring_auth": False,
        }

    def _open(self, name: str, mode: str = "rb") -> File[Any]:
        with self._faults():
            opened = super()._open(name, mode)
            _ = opened.file  # fetched here, not at the first read
            return opened

    def _save(self, name: str, content: File[Any]) -> str:
        with self._faults():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with self._faults():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with self._faults():
            return super().exists(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with self._faults():
            return super().listdir(name)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise OSError(f"s3://{self.bucket_name}: {error}") from error
