"""A bucket of Amazon S3 or any store that speaks its protocol (MinIO, Garage, Backblaze, R2).

Address and keys are those of all AWS programs: AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cfsite.operations.backups.archive import CHUNK, sha256_of
from cfsite.operations.backups.failures import BackupFailed, disk_faults_of
from cfsite.operations.backups.places import NAME


class Bucket:
    def __init__(self, bucket: str, prefix: str, drafts: Path) -> None:
        """drafts: a folder on this machine, for a backup on its way."""
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self._drafts = drafts
        self._client = _client()

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    def draft_folder(self) -> Path:
        return self._drafts

    def put(self, draft: Path, name: str) -> None:
        """Upload it and read it back. Objects appear when they are whole."""
        with self._faults():
            self._client.upload_file(str(draft), self.bucket, self.prefix + name)
            stored = hashlib.sha256()
            for chunk in self._read(name):
                stored.update(chunk)
        if stored.hexdigest() != sha256_of(draft):
            self.delete(name)
            raise BackupFailed(f"{self} did not give back what was uploaded.")

    def names(self) -> list[str]:
        with self._faults():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix
            )
            keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
        names = [key.removeprefix(self.prefix) for key in keys]
        return sorted(name for name in names if NAME.fullmatch(name))

    def fetch(self, name: str, into: Path) -> Path:
        path = into / name
        with disk_faults_of(into), self._faults(), path.open("xb") as file:
            for chunk in self._read(name):
                file.write(chunk)
        return path

    def delete(self, name: str) -> None:
        with self._faults():
            self._client.delete_object(Bucket=self.bucket, Key=self.prefix + name)

    def _read(self, name: str) -> Iterator[bytes]:
        found = self._client.get_object(Bucket=self.bucket, Key=self.prefix + name)
        yield from found["Body"].iter_chunks(CHUNK)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except (Boto3Error, BotoCoreError, ClientError) as error:
            raise BackupFailed(f"{self}: {error}") from error


def _client() -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise BackupFailed(
            "Backups to an s3:// address need boto3: .venv/bin/pip install -r requirements-s3.txt"
        ) from error
    # Checksums only where the protocol demands them: many stores do not know Amazon's newer ones,
    # and what was stored is read back and compared.
    config = Config(
        connect_timeout=10,
        read_timeout=60,
        retries={"max_attempts": 3, "mode": "standard"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    try:
        return boto3.session.Session().client("s3", config=config)
    except (BotoCoreError, ValueError) as error:
        raise BackupFailed(f"The settings for the bucket are not valid: {error}") from error
