"""The contract put on a chain, once (being filled in)."""

from anchoring.chain import Chain
from ledger.anchor import AnchorTarget


def deploy(chain: Chain, key: bytes, *, timeout_s: float = 120.0) -> AnchorTarget:
    """The target for genesis: a contract of ours that `key` deployed, deployed now if there is none.

    Safe to repeat after any interruption: a contract that this key deployed before is found again.

    Raises:
        UnavailableError: the node does not answer, or does not mine it in time; call again.
        ConflictError: the account cannot pay.
    """
    raise NotImplementedError
