"""What the verifier's own node says about the anchors of a bundle, for `ledger.verification`.

The bundle says where to look; only what the node answers goes into the facts. What cannot be read
of one anchor is left out, and verifies as `not-checked`; it takes nothing from the others.
"""

from collections.abc import Iterable
from hashlib import sha256

from anchoring import contract, policy
from anchoring.chain import Chain
from ledger.anchor import Anchor, AnchoredEvent, ChainFacts
from ledger.errors import LedgerError, UnavailableError


def gather(
    chain: Chain, anchors: Iterable[Anchor], *, confirmations: int | None = None
) -> ChainFacts:
    """The facts that `verify` asks for; anchors of other chains are passed over.

    Args:
        chain: a node that the verifier chose.
        anchors: of the bundle, not believed.
        confirmations: of the verifier's policy; a block is final by the node's own tag, or when so
            many stand above it.

    Raises:
        UnavailableError: the node does not answer: the caller verifies without facts.
    """
    identity = chain.identity()
    latest = chain.block("latest")
    if latest is None:
        raise UnavailableError("the node has no newest block")
    finalized = chain.block("finalized")
    own = [
        anchor
        for anchor in anchors
        if (anchor.chain_id, anchor.genesis_hash) == (identity.chain_id, identity.genesis_hash)
    ]
    contracts = dict.fromkeys(anchor.contract for anchor in own)
    codes = {address: _code_sha256(chain, address) for address in contracts}
    events = {
        (event.tx_hash, event.log_index): event
        for tx_hash in dict.fromkeys(anchor.tx_hash for anchor in own)
        for event in _events(chain, tx_hash)
    }
    return ChainFacts(
        chain_id=identity.chain_id,
        genesis_hash=identity.genesis_hash,
        finalized_block_number=policy.final_number(
            latest.number, None if finalized is None else finalized.number, confirmations
        ),
        code_sha256={address: code for address, code in codes.items() if code is not None},
        events=tuple(events.values()),
    )


def _code_sha256(chain: Chain, address: str) -> str | None:
    try:
        return sha256(chain.code(address)).hexdigest()
    except LedgerError:
        return None


def _events(chain: Chain, tx_hash: str) -> list[AnchoredEvent]:
    """Every `Anchored` event of a transaction, whatever contract it comes from."""
    try:
        receipt = chain.receipt(tx_hash)
        if receipt is None:
            return []
        block = chain.block(receipt.block_number)
        if block is None or block.hash != receipt.block_hash:
            return []
        found = [contract.parse_anchored(event, block.timestamp_s) for event in receipt.logs]
    except LedgerError:
        return []
    return [event for event in found if event is not None]
