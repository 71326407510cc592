"""A small store that speaks S3's protocol and refuses what Amazon's refuses.

Objects are in memory. Checked as there: signature (version 4) of every request, the hash of its
body, Content-MD5, that a bucket exists, parts' order, size and ETag, keys' length.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

ACCESS_KEY, SECRET = "AKIATEST", "a secret of the tests"
SMALLEST_PART = 5 << 20


class Refused(Exception):
    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(code)


class Store:
    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}  # by "bucket/key"
        self.buckets = {"films"}
        self.uploads: dict[str, dict[int, bytes]] = {}
        self.n_multipart = 0
        self.answers: list[str] = []  # codes of what was refused
        self.damages = False  # gives back other bytes than it got
        self.url = ""


@contextmanager
def s3() -> Iterator[Store]:
    store = Store()

    class ForStore(Handler):
        pass

    ForStore.store = store
    with ThreadingHTTPServer(("127.0.0.1", 0), ForStore) as server:
        store.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield store
        finally:
            server.shutdown()


class Handler(BaseHTTPRequestHandler):
    store: Store
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer()

    do_PUT = do_POST = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass

    def _answer(self) -> None:
        if self.headers.get("Expect") == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self._check(body)
            status, content, headers = self._act(body)
        except Refused as refused:
            self.store.answers.append(refused.code)
            status, headers = refused.status, {}
            content = f"<Error><Code>{refused.code}</Code><Message>No</Message></Error>".encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _check(self, body: bytes) -> None:
        digest = self.headers.get("x-amz-content-sha256", "")
        if re.fullmatch(r"[0-9a-f]{64}", digest):
            if digest != hashlib.sha256(body).hexdigest():
                raise Refused(400, "XAmzContentSHA256Mismatch")
        elif digest != "UNSIGNED-PAYLOAD" or self.command == "PUT":
            raise Refused(400, "InvalidArgument")  # unsigned bodies need TLS
        md5 = self.headers.get("Content-MD5")
        if md5 and md5 != b64encode(hashlib.md5(body).digest()).decode():
            raise Refused(400, "BadDigest")
        if not hmac.compare_digest(*self._signatures(digest)):
            raise Refused(403, "SignatureDoesNotMatch")

    def _signatures(self, digest: str) -> tuple[str, str]:
        """The one sent, and the one it should be."""
        given = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=(\S+?)/(\d{8})/(\S+)/s3/aws4_request,"
            r" ?SignedHeaders=(\S+), ?Signature=(\S+)",
            self.headers.get("Authorization", ""),
        )
        if not given:
            raise Refused(403, "AccessDenied")
        access_key, day, region, signed, signature = given.groups()
        if access_key != ACCESS_KEY:
            raise Refused(403, "InvalidAccessKeyId")
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= set(signed.split(";")):
            raise Refused(403, "AccessDenied")
        address = urlsplit(self.path)
        query = sorted(parse_qsl(address.query, keep_blank_values=True))
        canonical = "\n".join(
            [
                self.command,
                quote(unquote(address.path), safe="/~"),
                "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in query),
                *(f"{name}:{' '.join(self.headers[name].split())}" for name in signed.split(";")),
                "",
                signed,
                digest,
            ]
        )
        scope = f"{day}/{region}/s3/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = f"AWS4-HMAC-SHA256\n{self.headers['x-amz-date']}\n{scope}\n{hashed}"
        key = f"AWS4{SECRET}".encode()
        for part in (day, region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), "sha256").digest()
        return signature, hmac.new(key, to_sign.encode(), "sha256").hexdigest()

    def _act(self, body: bytes) -> tuple[int, bytes, dict[str, str]]:
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        name = unquote(address.path).lstrip("/")
        bucket, _, key = name.partition("/")
        if bucket not in self.store.buckets:
            raise Refused(404, "NoSuchBucket")
        if len(key.encode()) > 1024:
            raise Refused(400, "KeyTooLongError")
        if not key:
            return 200, self._list(bucket, query), {"Content-Type": "application/xml"}
        if "uploads" in query or "uploadId" in query:
            return self._multipart(name, query, body)
        if self.command == "PUT":
            self.store.objects[name] = body
            return 200, b"", {"ETag": _etag(body)}
        if self.command == "DELETE":
            self.store.objects.pop(name, None)
            return 204, b"", {}
        if name not in self.store.objects:
            raise Refused(404, "NoSuchKey")
        content = self.store.objects[name]
        if self.store.damages:
            content = content[:-1] + b"?"
        return 200, content, {"ETag": _etag(content)}

    def _list(self, bucket: str, query: dict[str, str]) -> bytes:
        """Two a page, so that pages matter; both versions of the call."""
        start = query.get("continuation-token") or query.get("marker", "")
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        found = set()
        for name in self.store.objects:
            within, _, key = name.partition("/")
            if within == bucket and key.startswith(prefix):
                folder, cut, _ = key[len(prefix) :].partition(delimiter or "\0")
                found.add(prefix + folder + cut)
        names = sorted(name for name in found if name > start)
        shown = "".join(
            f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"
            if delimiter and name.endswith(delimiter)
            else f"<Contents><Key>{escape(name)}</Key><Size>1</Size></Contents>"
            for name in names[:2]
        )
        more = len(names) > 2
        last = "NextContinuationToken" if "list-type" in query else "NextMarker"
        token = f"<{last}>{escape(names[1])}</{last}>" if more else ""
        truncated = f"<IsTruncated>{str(more).lower()}</IsTruncated>"
        return f"<ListBucketResult>{truncated}{token}{shown}</ListBucketResult>".encode()

    def _multipart(
        self, name: str, query: dict[str, str], body: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        uploads = self.store.uploads
        if self.command == "POST" and "uploads" in query:
            self.store.n_multipart += 1
            number = str(self.store.n_multipart)
            uploads[number] = {}
            answer = f"<R><UploadId>{number}</UploadId></R>"
            return 200, answer.encode(), {}
        parts = uploads.get(query["uploadId"])
        if parts is None:
            raise Refused(404, "NoSuchUpload")
        if self.command == "PUT":
            parts[int(query["partNumber"])] = body
            return 200, b"", {"ETag": _etag(body)}
        if self.command == "DELETE":
            del uploads[query["uploadId"]]
            return 204, b"", {}
        return 200, self._complete(name, query["uploadId"], body), {}

    def _complete(self, name: str, upload: str, body: bytes) -> bytes:
        parts = self.store.uploads.pop(upload)
        asked = [
            (int(part.findtext("{*}PartNumber", "")), part.findtext("{*}ETag", ""))
            for part in ElementTree.fromstring(body).iterfind("{*}Part")
        ]
        numbers = [number for number, _ in asked]
        if numbers != sorted(numbers):
            raise Refused(400, "InvalidPartOrder")
        if any(number not in parts or tag != _etag(parts[number]) for number, tag in asked):
            raise Refused(400, "InvalidPart")
        if any(len(parts[number]) < SMALLEST_PART for number in numbers[:-1]):
            raise Refused(400, "EntityTooSmall")
        self.store.objects[name] = b"".join(parts[number] for number in numbers)
        return f"<R><ETag>{escape(_etag(body))}</ETag></R>".encode()


def _etag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'
