"""Bytes as text at the edges: base64, base64url and hex, each with exactly one spelling per value.

Standard base64 with padding is what C2SP texts and bundles use (RFC 4648 §4), base64url without
padding is what JOSE uses (RFC 7515 §2). Decoders refuse what would not encode back to itself:
foreign characters, missing or extra padding, loose bits, upper-case hex.
"""

import base64
import binascii

from ledger.errors import MalformedError


def b64(data: bytes) -> str:
    """Standard base64 with padding."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def unb64(text: str, size: int | None = None) -> bytes:
    """The bytes of standard, padded base64; `size` is the number of bytes wanted, if any.

    Raises:
        MalformedError: another alphabet, wrong padding, loose bits, or another size.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (ValueError, TypeError) as error:
        raise MalformedError("not base64") from error
    if b64(data) != text:
        raise MalformedError("base64 that does not encode back to itself")
    if size is not None and len(data) != size:
        raise MalformedError(f"{len(data)} bytes where {size} belong")
    return data


def b64url(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unb64url(text: str, size: int | None = None) -> bytes:
    """The bytes of base64url without padding; `size` is the number of bytes wanted, if any.

    Raises:
        MalformedError: padding, another alphabet, loose bits, or another size.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, TypeError) as error:
        raise MalformedError("not base64url") from error
    if b64url(data) != text:
        raise MalformedError("base64url that does not encode back to itself")
    if size is not None and len(data) != size:
        raise MalformedError(f"{len(data)} bytes where {size} belong")
    return data


def hex32(data: bytes) -> str:
    """Lower-case hex of a 32-byte hash."""
    if len(data) != 32:
        raise MalformedError(f"{len(data)} bytes where 32 belong")
    return data.hex()


def unhex(text: str, size: int = 32) -> bytes:
    """The `size` bytes of lower-case hex without a prefix.

    Raises:
        MalformedError: upper case, white space, another alphabet or another size.
    """
    try:
        data = bytes.fromhex(text)
    except (ValueError, TypeError) as error:
        raise MalformedError("not hex") from error
    if data.hex() != text:
        raise MalformedError("hex that does not encode back to itself")
    if len(data) != size:
        raise MalformedError(f"{len(data)} bytes where {size} belong")
    return data
