"""Answers are compressed for those who accept it, with Brotli or gzip."""

import gzip
import io
import zipfile

import brotli
import pytest
from django.test import Client

from cfsite.lib.web.brotli_compression import compress

PAGE = "/accounts/login/"
ACCEPTS = {"accept-encoding": "gzip, deflate, br"}

pytestmark = pytest.mark.django_db


def test_it_works(client: Client) -> None:
    plain = client.get(PAGE)
    compressed = client.get(PAGE, headers=ACCEPTS)
    assert compressed["Content-Encoding"] == "br"
    assert int(compressed["Content-Length"]) == len(compressed.content)
    assert b"</html>" in brotli.decompress(compressed.content)
    assert len(compressed.content) < len(plain.content) / 2


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        *(("br", "br"), ("gzip, br;q=0.5", "br"), ("br ; q=1.0 , gzip", "br")),
        *(("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("gzip, br;q=0.0", "gzip")),
        *(("gzip, brotli", "gzip"), ("gzip, x-br", "gzip")),
    ],
)
def test_both_are_known(client: Client, accepted: str, encoding: str) -> None:
    answer = client.get(PAGE, headers={"accept-encoding": accepted})
    assert answer["Content-Encoding"] == encoding
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}[encoding]
    assert b"</html>" in unpack(answer.content)


def test_the_length_of_a_brotli_answer_is_random() -> None:
    """Or it would tell how well a guess beside a secret compresses (BREACH)."""
    content = b"secret=swordfish&guess=sword" * 50
    packed = [compress(content) for _ in range(200)]
    assert all(brotli.decompress(one) == content for one in packed)
    assert len({len(one) for one in packed}) > 20


@pytest.mark.parametrize("accepted", ["", "identity", "br;q=0"])
def test_who_does_not_accept_it_gets_the_page_as_it_is(client: Client, accepted: str) -> None:
    answer = client.get(PAGE, headers={"accept-encoding": accepted})
    assert "Content-Encoding" not in answer
    assert b"</html>" in answer.content


@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_caches_are_told_that_it_depends_on_what_is_accepted(client: Client, accepted: str) -> None:
    answer = client.get(PAGE, headers={"accept-encoding": accepted})
    assert "accept-encoding" in answer["Vary"].lower()


def test_the_api_is_compressed_too(alices_client: Client) -> None:
    answer = alices_client.get("/api/v1/schema/", headers=ACCEPTS)
    assert answer["Content-Encoding"] == "gzip", "it is kept compressed"
    assert b"openapi" in gzip.decompress(answer.content)


def test_a_streamed_archive_is_not_compressed_again(alices_client: Client) -> None:
    answer = alices_client.get("/me/export/", headers=ACCEPTS)
    assert answer["Content-Encoding"] == "identity"
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        assert archive.namelist()


def test_an_answer_without_a_body_stays_without(client: Client) -> None:
    answer = client.get("/me/export/", headers=ACCEPTS)
    assert answer.status_code == 302
    assert answer.content == b""
    assert "Content-Encoding" not in answer
