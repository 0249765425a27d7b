"""Ed25519: one rule decides every edge case, and the rule is FORMATS §1."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import ed25519
from ledger.errors import MalformedError, VerificationError

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SEED = bytes(range(32))
SIGNER = ed25519.Signer.from_seed(SEED)

Point = tuple[int, int]


def add(a: Point, b: Point) -> Point:
    """RFC 8032 §5.1.4, in affine coordinates."""
    cross = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + cross, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - cross, -1, P)
    return x % P, y % P


def times(factor: int, point: Point) -> Point:
    result = (0, 1)
    for bit in f"{factor:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def point_of(y: int) -> Point | None:
    """The point with this y and an even x, if there is one (RFC 8032 §5.1.3)."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return None
    return (P - x if x & 1 else x), y


def small_order_points() -> set[Point]:
    """The whole group of order 8: multiples of any point of order 8, found by trying."""
    for y in range(2, 100):
        point = point_of(y)
        if point is not None:
            torsion = times(L, point)
            if times(4, torsion) != (0, 1):
                return {times(k, torsion) for k in range(8)}
    raise AssertionError


def encode(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def test_cctv_is_accepted_exactly_where_the_rule_says_so(
    shared_vectors: Callable[[str], Path],
) -> None:
    # Cofactorless, A canonical and not of small order; R is compared as bytes, hence canonical too.
    forbidden = {"low_order_A", "non_canonical_A", "non_canonical_R", "low_order_residue"}
    file = shared_vectors("C2SP+CCTV") / "ed25519" / "ed25519vectors.json"
    cases = json.loads(file.read_bytes())
    differ = []
    for case in cases:
        try:
            ed25519.verify(
                bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode()
            )
        except VerificationError:
            accepted = False
        else:
            accepted = True
        if accepted != forbidden.isdisjoint(case["flags"] or []):
            differ.append(case["number"])

    assert len(cases) == 914
    assert differ == []


def test_every_key_of_small_order_is_refused() -> None:
    points = small_order_points()
    assert len(points) == 8
    for point in points:
        for sign in (0, 0x80):
            key = bytearray(encode(point))
            key[31] ^= sign
            with pytest.raises(MalformedError, match="small order"):
                ed25519.check_public_key(bytes(key))


def test_every_key_that_is_not_canonical_is_refused() -> None:
    for y in range(P, 2**255):
        for sign in (0, 1 << 255):
            with pytest.raises(MalformedError, match="not canonical"):
                ed25519.check_public_key((y | sign).to_bytes(32, "little"))


def test_a_mixed_order_key_is_none_of_our_business() -> None:
    base = point_of(4 * pow(5, -1, P) % P)
    assert base is not None
    torsion = next(p for p in small_order_points() if times(4, p) != (0, 1))
    ed25519.check_public_key(encode(add(times(7, base), torsion)))


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200))
def test_what_is_signed_verifies(seed: bytes, message: bytes) -> None:
    signer = ed25519.Signer.from_seed(seed)
    signature = signer.sign(message)

    assert signature == ed25519.sign(seed, message)
    ed25519.verify(signer.public_key, signature, message)
    with pytest.raises(VerificationError):
        ed25519.verify(signer.public_key, signature, message + b"\x00")


@given(st.integers(0, 511))
def test_no_bit_of_a_signature_may_change(bit: int) -> None:
    signature = bytearray(SIGNER.sign(b"message"))
    signature[bit // 8] ^= 1 << bit % 8
    with pytest.raises(VerificationError):
        ed25519.verify(SIGNER.public_key, bytes(signature), b"message")


def test_s_beyond_the_group_order_is_refused() -> None:
    signature = SIGNER.sign(b"message")
    s = int.from_bytes(signature[32:], "little") + L
    with pytest.raises(VerificationError, match="S >= L"):
        ed25519.verify(SIGNER.public_key, signature[:32] + s.to_bytes(32, "little"), b"message")


@pytest.mark.parametrize("size", [0, 63, 65, 72])
def test_signatures_have_64_bytes(size: int) -> None:
    with pytest.raises(VerificationError, match="64 bytes"):
        ed25519.verify(SIGNER.public_key, bytes(size), b"message")


@pytest.mark.parametrize("size", [0, 31, 33])
def test_keys_and_seeds_have_32_bytes(size: int) -> None:
    with pytest.raises(MalformedError):
        ed25519.check_public_key(bytes(size))
    with pytest.raises(MalformedError):
        ed25519.Signer.from_seed(bytes(size))
    with pytest.raises(VerificationError):
        ed25519.verify(bytes(size), bytes(64), b"message")


def test_a_signer_does_not_show_its_seed() -> None:
    assert SEED.hex() not in repr(SIGNER)
    assert str(SIGNER.public_key) in repr(SIGNER)
