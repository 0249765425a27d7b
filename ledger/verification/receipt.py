"""Kept receipts: does one still hold, and has the log of today grown out of it (API.md, Receipt)?"""

from collections.abc import Sequence

from ledger.verdict import Check, Verdict


def verify(data: bytes, policy: bytes | None) -> Verdict:
    """The verdict on a kept receipt: at best `log-only`, or `verified` by witnesses.

    Raises:
        MalformedError: receipt or policy cannot be read.
    """
    raise NotImplementedError


def compare(kept: str, newer: str, path: Sequence[bytes], policy: bytes) -> Check:
    """Whether the log whose checkpoint was kept has only grown into that of a newer checkpoint.

    The check is named `consistency`.

    Args:
        kept: signed note of the receipt.
        newer: signed note that the log serves today.
        path: RFC 6962 consistency proof between their sizes; empty where they are equal.
        policy: the verifier's own.

    Raises:
        MalformedError: the policy cannot be read.
    """
    raise NotImplementedError
