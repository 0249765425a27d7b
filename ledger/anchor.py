"""Anchors: where a log's roots stand on an EVM chain, and what a node says about them.

Values only (FORMATS §2, §3). Nothing here is believed: `ChainFacts` come from a node that the
verifier chose, an `Anchor` from a bundle.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from ledger import timestamp
from ledger.canonical import JsonInput
from ledger.encoding import b64, unb64
from ledger.errors import MalformedError
from ledger.statement import HEX32

RESETTABLE_CHAINS: Final = frozenset({1337, 31337, 131277322940537})
"""Development chains: whoever runs one can start it anew, so an anchor there proves nothing."""

_ADDRESS = re.compile(r"0x[0-9a-f]{40}", re.ASCII)
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_LARGEST = 2**53 - 1
_TARGET_MEMBERS = frozenset({"chain_id", "genesis_hash", "contract", "code_sha256", "registrant"})
_ANCHOR_MEMBERS = frozenset(
    {
        "kind", "chain_id", "genesis_hash", "contract", "tx_hash", "log_index", "block_number",
        "block_hash", "block_time", "size", "root", "consistency",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnchorTarget:
    """A contract that genesis or an `anchor-target` record names.

    Attributes:
        chain_id: EIP-155.
        genesis_hash: hash of the chain's block 0, `0x` and 64 digits of lower-case hex.
        contract: address, `0x` and 40 digits of lower-case hex.
        code_sha256: SHA-256 of its runtime code, 64 digits of lower-case hex.
        registrant: address that registered the log.
    """

    chain_id: int
    genesis_hash: str
    contract: str
    code_sha256: str
    registrant: str

    @staticmethod
    def of_json(value: object) -> "AnchorTarget":
        """The target of an open payload.

        Raises:
            MalformedError: other members, types or spellings.
        """
        if type(value) is not dict or value.keys() != _TARGET_MEMBERS:
            raise MalformedError(
                f"an anchor target has exactly {', '.join(sorted(_TARGET_MEMBERS))}"
            )
        return AnchorTarget(
            _natural(value, "chain_id"),
            _text(value, "genesis_hash", _HASH),
            _text(value, "contract", _ADDRESS),
            _text(value, "code_sha256", HEX32),
            _text(value, "registrant", _ADDRESS),
        )

    def to_json(self) -> dict[str, JsonInput]:
        """The open payload."""
        return {
            "chain_id": self.chain_id,
            "genesis_hash": self.genesis_hash,
            "contract": self.contract,
            "code_sha256": self.code_sha256,
            "registrant": self.registrant,
        }


@dataclass(frozen=True, slots=True)
class Anchor:
    """A claim of a bundle: this root stands in that event. Hashes and addresses as in the target.

    Attributes:
        log_index: place of the event among the block's.
        block_time: RFC 3339, as claimed; what counts is the node's.
        size: tree size anchored.
        root: 32 bytes.
        consistency: proof between this size and the checkpoint's.
    """

    chain_id: int
    genesis_hash: str
    contract: str
    tx_hash: str
    log_index: int
    block_number: int
    block_hash: str
    block_time: str
    size: int
    root: bytes
    consistency: tuple[bytes, ...]

    @staticmethod
    def of_json(value: object) -> "Anchor":
        """The anchor of kind `evm` in a bundle.

        Raises:
            MalformedError: other members, types or spellings.
        """
        if type(value) is not dict or value.keys() != _ANCHOR_MEMBERS:
            raise MalformedError(f"an anchor has exactly {', '.join(sorted(_ANCHOR_MEMBERS))}")
        if value["kind"] != "evm":
            raise MalformedError(f"an anchor of another kind: {value['kind']!r:.40}")
        consistency = value["consistency"]
        if type(consistency) is not list or len(consistency) > 128:
            raise MalformedError("consistency of an anchor is not an array of hashes")
        if type(value["block_time"]) is not str:
            raise MalformedError("block_time of an anchor is not text")
        timestamp.parse(value["block_time"])
        hashes = [value["root"], *consistency]
        if any(type(node) is not str for node in hashes):
            raise MalformedError("root and consistency of an anchor are base64 text")
        root, *path = (unb64(node, 32) for node in hashes)
        return Anchor(
            chain_id=_natural(value, "chain_id"),
            genesis_hash=_text(value, "genesis_hash", _HASH),
            contract=_text(value, "contract", _ADDRESS),
            tx_hash=_text(value, "tx_hash", _HASH),
            log_index=_natural(value, "log_index"),
            block_number=_natural(value, "block_number"),
            block_hash=_text(value, "block_hash", _HASH),
            block_time=value["block_time"],
            size=_natural(value, "size"),
            root=root,
            consistency=tuple(path),
        )

    def to_json(self) -> dict[str, JsonInput]:
        """The anchor as a bundle carries it."""
        return {
            "kind": "evm",
            "chain_id": self.chain_id,
            "genesis_hash": self.genesis_hash,
            "contract": self.contract,
            "tx_hash": self.tx_hash,
            "log_index": self.log_index,
            "block_number": self.block_number,
            "block_hash": self.block_hash,
            "block_time": self.block_time,
            "size": self.size,
            "root": b64(self.root),
            "consistency": [b64(node) for node in self.consistency],
        }


@dataclass(frozen=True, slots=True)
class AnchoredEvent:
    """An `Anchored` event as a node reports it; `block_timestamp_s` is POSIX seconds."""

    contract: str
    log_id: bytes
    size: int
    root: bytes
    tx_hash: str
    log_index: int
    block_number: int
    block_hash: str
    block_timestamp_s: int


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """What the verifier's own node answers.

    Attributes:
        chain_id: EIP-155.
        genesis_hash: hash of block 0.
        finalized_block_number: highest block that will not be reorganised away.
        code_sha256: contract address → SHA-256 of its runtime code, hex.
        events: the `Anchored` events found under the transactions asked for.
    """

    chain_id: int
    genesis_hash: str
    finalized_block_number: int
    code_sha256: Mapping[str, str]
    events: tuple[AnchoredEvent, ...]


def log_id(registrant: str, genesis_leaf_hash: bytes) -> bytes:
    """SHA-256(registrant (20 bytes) ‖ genesis leaf hash): nobody can squat another's id."""
    return sha256(bytes.fromhex(registrant.removeprefix("0x")) + genesis_leaf_hash).digest()


def _natural(members: dict[str, Any], name: str) -> int:
    value = members[name]
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise MalformedError(f"{name} is not an integer of at least 0")
    return value


def _text(members: dict[str, Any], name: str, pattern: re.Pattern[str]) -> str:
    value = members[name]
    if type(value) is not str or not pattern.fullmatch(value):
        raise MalformedError(f"{name} is out of pattern: {value!r:.90}")
    return value
