"""A bundle and a policy in, a verdict out: one file per check (FORMATS §2)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ledger.anchor import ChainFacts
from ledger.verdict import Verdict

_NO_BLOBS: Final[Mapping[str, int]] = MappingProxyType({})


def verify(
    bundle: bytes,
    policy: bytes | None,
    *,
    blobs: Mapping[str, int] = _NO_BLOBS,
    chain: ChainFacts | None = None,
) -> Verdict:
    """The verdict on a bundle.

    Args:
        bundle: bytes of the file.
        policy: bytes of the verifier's own policy, or None.
        blobs: SHA-256 (lower-case hex) → size in bytes, of the files at hand.
        chain: what a node of the verifier's choice answers, or None if none was asked.

    Raises:
        MalformedError: bundle or policy cannot be read; there is no verdict.
    """
    raise NotImplementedError
