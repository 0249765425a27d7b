"""Each byte string has one spelling, and no other is read."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import encoding
from ledger.errors import MalformedError


@given(st.binary(max_size=100))
def test_every_byte_string_survives(data: bytes) -> None:
    assert data == encoding.unb64(encoding.b64(data), len(data))
    assert data == encoding.unb64url(encoding.b64url(data), len(data))
    assert data == encoding.unhex(data.hex(), len(data))


@given(st.text("AB+/-_=Q \n", max_size=9) | st.text(max_size=9))
def test_what_is_read_is_written_the_same_again(text: str) -> None:
    for read, write in (
        (encoding.unb64, encoding.b64),
        (encoding.unb64url, encoding.b64url),
        (lambda t: encoding.unhex(t, len(t) // 2), bytes.hex),
    ):
        try:
            data = read(text)
        except MalformedError:
            continue
        assert text == write(data)


@pytest.mark.parametrize(
    "text",
    ["QQ", "QQ=", "QR==", "QQ===", "QQ==\n", " QQ==", "Q-==", "QQ==QQ==", "é", "\ud800", "=", "Q"],
)
def test_base64_has_padding_and_no_loose_bits(text: str) -> None:
    with pytest.raises(MalformedError):
        encoding.unb64(text)


@pytest.mark.parametrize(
    "text", ["QQ==", "QR", "Q", "Q+", "+/", "QQ\n", " QQ", "é", "\ud800", "QQ=", "Q!Q"]
)
def test_base64url_has_neither(text: str) -> None:
    with pytest.raises(MalformedError):
        encoding.unb64url(text)


@pytest.mark.parametrize("text", ["AA", "a", "0x", "aa ", "a a", "é", "aaa", "１１"])
def test_hex_is_lower_case_without_prefix(text: str) -> None:
    with pytest.raises(MalformedError):
        encoding.unhex(text, len(text) // 2)


@pytest.mark.parametrize(
    ("read", "text"),
    [(encoding.unb64, "QUE="), (encoding.unb64url, "QUE"), (encoding.unhex, "4141")],
)
def test_another_size_is_refused(read: Callable[[str, int], bytes], text: str) -> None:
    assert read(text, 2) == b"AA"
    with pytest.raises(MalformedError, match="2 bytes where 3 belong"):
        read(text, 3)


def test_hashes_have_32_bytes() -> None:
    assert encoding.hex32(bytes(32)) == "00" * 32
    with pytest.raises(MalformedError):
        encoding.hex32(bytes(31))
