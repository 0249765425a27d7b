"""LedgerAnchor.sol as calls and events: bytes for `data`, and values out of what comes back.

Sources: contracts/LedgerAnchor.sol, the Contract ABI specification.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from anchoring.chain import Chain, EventLog
from contracts.artifact import ledger_anchor
from ledger.anchor import AnchoredEvent, AnchorTarget
from ledger.errors import UnavailableError

NOBODY: Final = "0x" + "00" * 20
"""The operator of an id that was never registered."""


@dataclass(frozen=True, slots=True)
class ContractHead:
    """What the contract keeps of a log.

    Attributes:
        operator: who may anchor, `NOBODY` before registration.
        size: size anchored last, 0 for none.
        root: root of that size, zeros for none.
    """

    operator: str
    size: int
    root: bytes

    @property
    def registered(self) -> bool:
        """Whether the id is taken."""
        return self.operator != NOBODY


def _types(parameters: Sequence[Mapping[str, Any]]) -> list[str]:
    return [parameter["type"] for parameter in parameters]


def _signature(item: Mapping[str, Any]) -> str:
    return f"{item['name']}({','.join(_types(item['inputs']))})"


@cache
def _items(kind: str) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in ledger_anchor().abi if item["type"] == kind}


def call_data(function: str, *arguments: object) -> bytes:
    """Selector and arguments of a call of ours; `function` is its name."""
    item = _items("function")[function]
    return keccak(text=_signature(item))[:4] + encode(_types(item["inputs"]), arguments)


def event_topic(event: str) -> bytes:
    """The first topic of an event of ours; `event` is its name."""
    return keccak(text=_signature(_items("event")[event]))


def log_topic(size: int) -> bytes:
    """A size as the topic of an `Anchored` event."""
    return encode(["uint64"], [size])


def read(chain: Chain, contract: str, function: str, *arguments: object) -> tuple[Any, ...]:
    """What a view function of the contract returns at the newest block.

    Raises:
        UnavailableError: the answer is not what such a function returns: no contract of ours.
    """
    answer = chain.call(contract, call_data(function, *arguments))
    outputs = _types(_items("function")[function]["outputs"])
    try:
        return decode(outputs, answer)
    except DecodingError as error:
        raise UnavailableError(f"{contract} does not answer {function}()") from error


def head(chain: Chain, contract: str, log_id: bytes) -> ContractHead:
    """The contract's head of a log."""
    operator, *_ = read(chain, contract, "logs", log_id)
    size, root = read(chain, contract, "head", log_id)
    return ContractHead(operator.lower(), size, root)


def anchored(chain: Chain, contract: str, log_id: bytes, size: int) -> tuple[bytes, int] | None:
    """Root and block number of an anchor of the past, or None."""
    root, block_number, _ = read(chain, contract, "anchored", log_id, size)
    return (root, block_number) if block_number else None


def check_code(chain: Chain, target: AnchorTarget) -> None:
    """Check that the target's own code lies at its address.

    Raises:
        UnavailableError: it does not, or not yet.
    """
    found = sha256(chain.code(target.contract)).hexdigest()
    if found != target.code_sha256:
        raise UnavailableError(
            f"the code at {target.contract} has SHA-256 {found}, the target names another"
        )


def parse_anchored(event: EventLog, block_timestamp_s: int) -> AnchoredEvent | None:
    """The `Anchored` event in a log of any contract, or None for another event."""
    if len(event.topics) != 3 or event.topics[0] != event_topic("Anchored"):
        return None
    size = int.from_bytes(event.topics[2], "big")
    if len(event.data) != 32 or size >= 2**64:
        return None
    return AnchoredEvent(
        contract=event.address,
        log_id=event.topics[1],
        size=size,
        root=event.data,
        tx_hash=event.tx_hash,
        log_index=event.log_index,
        block_number=event.block_number,
        block_hash=event.block_hash,
        block_timestamp_s=block_timestamp_s,
    )


def explain(revert_data: bytes) -> str:
    """What the contract said when it reverted: `Name(argument, …)`, or hex of what is not ours."""
    for name, item in _items("error").items():
        if keccak(text=_signature(item))[:4] == revert_data[:4]:
            try:
                values = decode(_types(item["inputs"]), revert_data[4:])
            except DecodingError:
                break
            shown = (value.hex() if isinstance(value, bytes) else str(value) for value in values)
            return f"{name}({', '.join(shown)})"
    return f"reverted with {revert_data.hex() or 'nothing'}"
