import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical, commitment, disclosure
from ledger.errors import MalformedError, VerificationError
from storage.sealing import Sealer, SealingKeys, content_mac

KEYS = SealingKeys(bytes(range(32)), bytes(range(32, 64)))
SEALER = Sealer(KEYS)
ID = "6f1c1f0e-0000-4000-8000-000000000001"
SEED = bytes(range(100, 132))


@given(st.binary(max_size=300), st.binary(min_size=32, max_size=32))
def test_a_record_opens_to_what_was_sealed(payload: bytes, seed: bytes) -> None:
    opened = SEALER.open_record(ID, *SEALER.seal_record(ID, seed, payload))

    assert (opened.payload, opened.seed, opened.opening) == (payload, seed, None)


def test_a_record_is_sealed_as_the_format_says() -> None:
    """FORMATS §4, read with nothing but the cipher."""
    sealed, wrapped = SEALER.seal_record(ID, SEED, b"payload")
    wrapper = AESGCM(KEYS.key_encryption_key)
    data_key = wrapper.decrypt(wrapped[:12], wrapped[12:], f"r:{ID}".encode())

    assert AESGCM(data_key).decrypt(bytes(12), sealed, ID.encode()) == b"\x00" + SEED + b"payload"


def test_one_record_sealed_twice_looks_different_each_time() -> None:
    one, two = (SEALER.seal_record(ID, SEED, b'{"name":1}') for _ in range(2))

    assert one[0] != two[0]
    assert one[1] != two[1]


@given(st.data())
def test_every_altered_byte_is_caught(data: st.DataObject) -> None:
    parts = [bytearray(part) for part in SEALER.seal_record(ID, SEED, b"payload")]
    part = data.draw(st.sampled_from(parts))
    part[data.draw(st.integers(0, len(part) - 1))] ^= data.draw(st.integers(1, 255))

    with pytest.raises(VerificationError):
        SEALER.open_record(ID, bytes(parts[0]), bytes(parts[1]))


def test_what_was_sealed_for_one_record_does_not_open_as_anothers() -> None:
    other = ID.replace("1", "2")
    sealed, wrapped = SEALER.seal_record(ID, SEED, b"payload")
    for ciphertext, key in (
        (sealed, wrapped),
        (SEALER.seal_record(other, SEED, b"payload")[0], wrapped),
        (sealed, SEALER.seal_record(other, SEED, b"payload")[1]),
        (sealed, b""),
        (b"", wrapped),
    ):
        with pytest.raises(VerificationError):
            SEALER.open_record(other, ciphertext, key)


def test_another_key_encryption_key_opens_nothing() -> None:
    stranger = Sealer(SealingKeys(bytes(32), KEYS.index_key))
    with pytest.raises(VerificationError, match=f"r:{ID}"):
        stranger.open_record(ID, *SEALER.seal_record(ID, SEED, b"payload"))


def test_what_is_left_after_an_erasure_opens_without_the_seed() -> None:
    payload = {"a": 1, "b": [{"c": "文"}]}
    opening = disclosure.open_all(payload, SEED, ID).without(["a"])
    opened = SEALER.open_record(ID, *SEALER.seal_rest(ID, opening, {"b": payload["b"]}))

    assert opened.payload == canonical.serialise({"b": payload["b"]})
    assert (opened.seed, opened.opening) == (None, opening)


def test_a_text_opens_as_its_owners_alone() -> None:
    sealed, wrapped = SEALER.seal_text("p:one", "张三")

    assert SEALER.open_text("p:one", sealed, wrapped) == "张三"
    with pytest.raises(VerificationError):
        SEALER.open_text("p:two", sealed, wrapped)


def test_keys_of_another_size_are_refused() -> None:
    for one, two in ((bytes(31), bytes(32)), (bytes(32), bytes(33))):
        with pytest.raises(MalformedError):
            SealingKeys(one, two)


def test_keys_are_not_shown() -> None:
    assert "\\x01" not in repr(KEYS)
    assert KEYS.key_encryption_key.hex() not in repr(KEYS)


def test_a_mac_is_one_values_in_one_domain_under_one_key() -> None:
    stranger = Sealer(SealingKeys(KEYS.key_encryption_key, bytes(32)))
    macs = [
        SEALER.mac("document", "7"),
        SEALER.mac("source_ref", "7"),
        SEALER.mac("document", "8"),
        stranger.mac("document", "7"),
    ]

    assert len(set(macs)) == len(macs)
    assert SEALER.mac("document", "7") == macs[0]


def test_contents_are_compared_as_the_rules_say() -> None:
    """HMAC-SHA256(seed, tag ‖ 00 ‖ content): computed here with the definition of RFC 2104."""
    from hashlib import sha256

    def keyed(pad: int) -> bytes:
        return bytes(byte ^ pad for byte in SEED.ljust(64, b"\0"))

    inner = sha256(keyed(0x36) + b"mealtrace/request@v1\x00{}").digest()
    assert content_mac(SEED, b"{}") == sha256(keyed(0x5C) + inner).digest()


def test_a_commitment_is_still_found_from_what_was_sealed() -> None:
    payload = {"meals": 7}
    opened = SEALER.open_record(ID, *SEALER.seal_record(ID, SEED, canonical.serialise(payload)))
    assert opened.seed is not None

    assert commitment.commit(payload, opened.seed, ID) == commitment.commit(payload, SEED, ID)
