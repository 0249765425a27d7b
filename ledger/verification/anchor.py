"""Check `anchor`: a chain of the verifier's choice holds this log's root.

What a bundle claims of a chain is only where to look. The target must be named by the log itself,
and the event must come from the verifier's own node.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from ledger import timestamp
from ledger.anchor import RESETTABLE_CHAINS, Anchor, AnchoredEvent, AnchorTarget, ChainFacts, log_id
from ledger.errors import MalformedError, VerificationError
from ledger.proof import verify_consistency
from ledger.verdict import Check, State
from ledger.verification.case import Case
from ledger.verification.reasons import SHOWN_HEX, differ, reason
from ledger.verification.sentences import SENTENCES, say

NAME: Final = "anchor"
LATEST_MS: Final = 300_000
"""How much later than its block a record may say that it was logged: 5 minutes."""

_ORDER: Final = (State.FAIL, State.PASS, State.PENDING, State.NOT_CHECKED)


@dataclass(frozen=True, slots=True)
class _Found:
    """What one anchor comes to; `toy` where it names a chain that its owner can start anew."""

    state: State
    key: str
    values: dict[str, object] = field(default_factory=dict)
    toy: bool = False


def check(case: Case) -> Check:
    """Any anchor that fails fails the check; else the best of them speaks for all."""
    if not case.bundle.anchors:
        if case.support.standing.targets:
            return say(NAME, State.PENDING, "anchor/pending-none")
        return say(NAME, State.NOT_CHECKED, "anchor/not-checked-none")
    found = [_look(case, place, value) for place, value in enumerate(case.bundle.anchors, start=1)]
    best = min(found, key=lambda one: (_ORDER.index(one.state), one.toy))
    toy_en, toy_zh = SENTENCES["anchor/toy"] if best.toy else ("", "")
    return say(NAME, best.state, f"anchor/{best.key}", toy_en=toy_en, toy_zh=toy_zh, **best.values)


def _look(case: Case, place: int, value: object) -> _Found:
    if type(value) is dict and type(value.get("kind")) is str and value["kind"] != "evm":
        return _Found(State.NOT_CHECKED, "not-checked-kind")
    try:
        anchor = Anchor.of_json(value)
    except MalformedError as error:
        return _Found(State.FAIL, "fail-form", {"place": place, **reason(error)})
    try:
        _check_consistency(case, anchor)
    except VerificationError as error:
        values = {"place": place, "size": anchor.size, **reason(error)}
        return _Found(State.FAIL, "fail-consistency", values)
    if case.index >= anchor.size:
        values = {"expected": anchor.size, "found": case.index}
        return _Found(State.NOT_CHECKED, "not-checked-not-covered", values)
    target = _target(case, anchor)
    if target is None:
        values = {"contract": anchor.contract, "chain": anchor.chain_id}
        return _Found(State.NOT_CHECKED, "not-checked-target", values)
    toy = anchor.chain_id in RESETTABLE_CHAINS
    if case.chain is None:
        return _Found(State.NOT_CHECKED, "not-checked-no-node", toy=toy)
    return replace(_ask(case, place, anchor, target, case.chain), toy=toy)


def _check_consistency(case: Case, anchor: Anchor) -> None:
    """The anchored tree and the checkpoint's are one log at two sizes."""
    head = case.checkpoint
    if anchor.size <= head.size:
        verify_consistency(anchor.size, head.size, anchor.root, head.root, anchor.consistency)
    else:
        verify_consistency(head.size, anchor.size, head.root, anchor.root, anchor.consistency)


def _target(case: Case, anchor: Anchor) -> AnchorTarget | None:
    """The target that genesis, or a record below the anchored size, names for this contract."""
    claimed = (anchor.chain_id, anchor.genesis_hash, anchor.contract)
    for index, target in case.support.standing.targets:
        named = (target.chain_id, target.genesis_hash, target.contract)
        if named == claimed and index < anchor.size:
            return target
    return None


def _ask(case: Case, place: int, anchor: Anchor, target: AnchorTarget, chain: ChainFacts) -> _Found:
    """What the node answers about the anchor."""
    expected = f"{target.chain_id} {target.genesis_hash[:18]}…"
    found = f"{chain.chain_id} {chain.genesis_hash[:18]}…"
    if (chain.chain_id, chain.genesis_hash) != (target.chain_id, target.genesis_hash):
        values: dict[str, object] = {"expected": expected, "found": found}
        return _Found(State.NOT_CHECKED, "not-checked-chain", values)
    code = chain.code_sha256.get(target.contract)
    if code != target.code_sha256:
        values = {
            "expected": target.code_sha256[:SHOWN_HEX],
            "found": "none" if code is None else f"{code[:SHOWN_HEX]}…",
        }
        return _Found(State.NOT_CHECKED, "not-checked-code", values)
    event = _event(case, anchor, target, chain)
    if event is None:
        values = {"log_index": anchor.log_index, "tx": anchor.tx_hash[:18]}
        return _Found(State.NOT_CHECKED, "not-checked-event", values)
    if event.size != anchor.size:
        values = {"place": place, **differ(f"size {anchor.size}", f"size {event.size}")}
        return _Found(State.FAIL, "fail-event", values)
    if event.root != anchor.root:
        values = {"place": place, **differ(anchor.root.hex(), event.root.hex())}
        return _Found(State.FAIL, "fail-event", values)
    if (event.block_number, event.block_hash) != (anchor.block_number, anchor.block_hash):
        values = {
            "expected": f"{anchor.block_number} {anchor.block_hash[:18]}…",
            "found": f"{event.block_number} {event.block_hash[:18]}…",
        }
        return _Found(State.NOT_CHECKED, "not-checked-block", values)
    block_ms = event.block_timestamp_s * 1000
    if timestamp.parse(case.entry.logged_at) > block_ms + LATEST_MS:
        values = {
            "expected": _time(block_ms + LATEST_MS),
            "found": case.entry.logged_at,
        }
        return _Found(State.NOT_CHECKED, "not-checked-time", values)
    if event.block_number > chain.finalized_block_number:
        return _Found(State.PENDING, "pending", {"block": event.block_number})
    values = {
        "chain": chain.chain_id,
        "size": anchor.size,
        "block": event.block_number,
        "time": _time(block_ms),
    }
    return _Found(State.PASS, "pass", values)


def _event(
    case: Case, anchor: Anchor, target: AnchorTarget, chain: ChainFacts
) -> AnchoredEvent | None:
    """The event of this log in the target's contract, at the place the anchor claims."""
    log = log_id(target.registrant, case.ledger)
    for event in chain.events:
        if (event.tx_hash, event.log_index) == (anchor.tx_hash, anchor.log_index) and (
            event.contract,
            event.log_id,
        ) == (target.contract, log):
            return event
    return None


def _time(ms: int) -> str:
    """The time, or the bare number where a node says one that no calendar has."""
    try:
        return timestamp.format(ms)
    except MalformedError:
        return f"{ms} ms"
