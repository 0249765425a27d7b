"""What a node says about the anchors of a bundle (being filled in)."""

from collections.abc import Iterable

from anchoring.chain import Chain
from ledger.anchor import Anchor, ChainFacts


def gather(
    chain: Chain, anchors: Iterable[Anchor], *, confirmations: int | None = None
) -> ChainFacts:
    """The facts that `verify` asks for; anchors of other chains are passed over.

    Raises:
        UnavailableError: the node does not answer: the caller verifies without facts.
    """
    raise NotImplementedError
