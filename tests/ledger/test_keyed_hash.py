"""HMAC-SHA256 as the standard library computes it (RFC 2104)."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import MalformedError
from ledger.keyed_hash import KeyedHash


@given(st.binary(max_size=64), st.binary(max_size=80), st.lists(st.binary(max_size=3000)))
def test_it_is_hmac_of_prefix_and_message(key: bytes, prefix: bytes, messages: list[bytes]) -> None:
    keyed = KeyedHash(key, prefix)

    for message in messages:
        assert keyed.digest(message) == hmac.digest(key, prefix + message, "sha256")


def test_a_longer_key_is_refused() -> None:
    with pytest.raises(MalformedError, match="65 bytes"):
        KeyedHash(bytes(65))
