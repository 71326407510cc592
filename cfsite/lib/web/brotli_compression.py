"""Brotli for pages and answers, beside Django's gzip; smaller for every browser and most apps."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

import brotli
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

# About as fast as gzip's 6, and a tenth smaller.
QUALITY = 4
SHORTEST = 200  # bytes, as in GZipMiddleware
# As in GZipMiddleware, against BREACH: https://ieeexplore.ieee.org/document/9754554
MAX_RANDOM_BYTES = 100
_ACCEPTS = re.compile(r"(?:^|,)\s*br\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[0-9.]+\s*)?(?:,|$)")


def compress_with_brotli(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, after GZipMiddleware, which serves streams and those who don't take Brotli."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.streaming or response.has_header("Content-Encoding"):
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not _ACCEPTS.search(request.headers.get("Accept-Encoding", "")):
            return response
        if len(response.content) < SHORTEST:
            return response
        compressed = compress(response.content)
        if len(compressed) >= len(response.content):
            return response
        response.content = compressed
        response["Content-Encoding"] = "br"
        response["Content-Length"] = str(len(compressed))
        etag = response.get("ETag", "")
        if etag.startswith('"'):
            response["ETag"] = f"W/{etag}"  # other bytes than those it was made of
        return response

    return middleware


def compress(content: bytes) -> bytes:
    """The content as a Brotli stream with up to MAX_RANDOM_BYTES that a reader skips.

    How well a secret and a guess beside it compress can be read from the length of the answer; of
    a length that is random, it can't.
    """
    compressor = brotli.Compressor(quality=QUALITY)
    stream = compressor.process(content) + compressor.flush()  # ends at a whole byte
    return stream + _skipped(1 + secrets.randbelow(MAX_RANDOM_BYTES)) + compressor.finish()


def _skipped(n: int) -> bytes:
    """A metadata block of 1 to 256 bytes (RFC 7932, section 9.2), starting at a whole byte.

    Its header, from the lowest bit: not the last block (0), no length of data (11), reserved (0),
    one byte of length (01), the length less one.
    """
    header = 0b010110 | (n - 1) << 6
    return header.to_bytes(2, "little") + secrets.token_bytes(n)
