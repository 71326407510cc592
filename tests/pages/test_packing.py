"""Answers are packed as gzip, and their length tells nothing."""

import gzip
from collections.abc import Iterator

import pytest
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory

from cfsite.packing import SHORTEST, PackingMiddleware, pack

LONG = b"<p>Heat, 1995</p>" * 60


def answered(response: HttpResponseBase, accepts: str = "gzip, deflate") -> HttpResponseBase:
    def view(_request: HttpRequest) -> HttpResponseBase:
        return response

    request = RequestFactory().get("/", headers={"accept-encoding": accepts})
    return PackingMiddleware(view)(request)


def test_it_works() -> None:
    response = answered(HttpResponse(LONG, headers={"ETag": '"abc"'}))
    assert response["Content-Encoding"] == "gzip"
    assert response["Content-Length"] == str(len(response.content))
    assert response["Vary"] == "Accept-Encoding"
    assert response["ETag"] == 'W/"abc"'
    assert len(response.content) < len(LONG) / 4
    assert gzip.decompress(response.content) == LONG


@pytest.mark.parametrize(
    "content", [b"", b"x", LONG, bytes(range(256)) * 300, "é日本".encode() * 99]
)
def test_any_content_comes_back_as_it_was(content: bytes) -> None:
    assert gzip.decompress(pack(content, 100)) == content


def test_the_same_page_is_not_always_as_long() -> None:
    lengths = {len(pack(LONG, 100)) for _ in range(60)}
    assert len(lengths) > 10
    assert max(lengths) - min(lengths) < 100


@pytest.mark.parametrize(
    ("response", "accepts"),
    [
        (HttpResponse(b"x" * (SHORTEST - 1)), "gzip"),
        (HttpResponse(LONG), ""),
        (HttpResponse(LONG), "br"),
        (HttpResponse(LONG, headers={"Content-Encoding": "br"}), "gzip"),
        (HttpResponse(gzip.compress(LONG)[:SHORTEST] * 2), "identity"),
    ],
)
def test_what_stays_as_it_is(response: HttpResponse, accepts: str) -> None:
    before = response.content, response.get("Content-Encoding")
    after = answered(response, accepts)
    assert (after.content, after.get("Content-Encoding")) == before


def test_what_cannot_be_packed_is_not() -> None:
    noise = bytes(hash((n, "noise")) % 256 for n in range(400))
    response = answered(HttpResponse(noise))
    assert not response.has_header("Content-Encoding")
    assert response.content == noise


def test_streams_are_packed_piece_by_piece() -> None:
    def pieces() -> Iterator[bytes]:
        yield from [LONG] * 3

    for response in (StreamingHttpResponse(pieces()), FileResponse(pieces())):
        packed = answered(response)
        assert gzip.decompress(b"".join(packed.streaming_content)) in (LONG * 3, b"")


@pytest.mark.django_db
def test_pages_are_packed(client: Client) -> None:
    plain = client.get("/accounts/login/")
    packed = client.get("/accounts/login/", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(packed.content)
    assert len(packed.content) < len(plain.content) / 2
