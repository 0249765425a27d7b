"""The supporting entries of a bundle: read, proven to be in the log, and judged in order.

All stand under the bundle's one checkpoint. Their rules are those of `ledger.standing`, which an
audit of the whole log holds too; here the fold sees only the entries that the bundle shows, so
whatever would need another entry is left open rather than refused.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ledger import commitment, jws
from ledger import entry as entries
from ledger.anchor import AnchorTarget
from ledger.bundle import MAX_SUPPORT
from ledger.checkpoint import Checkpoint
from ledger.compact import MAX_SIZE
from ledger.disclosure import MAX_PATH
from ledger.encoding import unb64
from ledger.entry import Entry
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.governance import (
    AuditReport,
    DeviceRegistration,
    Erasure,
    Genesis,
    KeyRegistration,
    KeyRevocation,
    LogKey,
    Mandate,
)
from ledger.merkle import leaf_hash
from ledger.proof import verify_inclusion
from ledger.standing import Standing
from ledger.statement import GENESIS
from ledger.subject_index import SubjectIndex

_MEMBERS: Final = frozenset({"role", "index", "entry", "path"})
_NEEDS_GENESIS: Final = frozenset(
    {"key-registration", "key-revocation", "anchor-target", "log-key", "device-registration"}
)
"""Types whose rules ask who the authorities are: without genesis nothing follows from them."""

_PAYLOADS: Final[Mapping[str, Callable[[object], object]]] = {
    "genesis": Genesis.of_json,
    "anchor-target": AnchorTarget.of_json,
    "log-key": LogKey.of_json,
    "mandate": Mandate.of_json,
    "key-registration": KeyRegistration.of_json,
    "key-revocation": KeyRevocation.of_json,
    "device-registration": DeviceRegistration.of_json,
    "erasure": Erasure.of_json,
    "subject-index": SubjectIndex.of_json,
    "audit-report": AuditReport.of_json,
}
"""Types whose payloads a check reads: each is held to its form before anything rests on it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that the bundle shows, its form in order.

    Attributes:
        index: its place in the log.
        entry: as parsed.
        leaf_hash: 32 bytes.
        heads: of a `subject-index` record, JSON of the heads shown of it; None where none are.
    """

    index: int
    entry: Entry
    leaf_hash: bytes
    heads: Any = None

    @property
    def type(self) -> str:
        """Its statement's type."""
        return self.entry.statement.type

    @property
    def ledger(self) -> bytes:
        """Leaf hash of the genesis that it names, or is."""
        named = self.entry.statement.ledger
        return self.leaf_hash if named is None else named

    @property
    def payload(self) -> dict[str, Any]:
        """The payload of an open entry; empty for others."""
        return {} if self.entry.open is None else self.entry.open.payload


@dataclass(frozen=True, slots=True)
class Registration:
    """A key whose registration the bundle shows.

    Attributes:
        index: of the registration; 0 for the authorities that genesis names.
        party: whose key it is.
        public_key: 32 bytes.
        by_authority: an authority vouches for it; else the operator alone.
        fault: why the registration is not valid, or None.
    """

    index: int
    party: str
    public_key: bytes
    by_authority: bool
    fault: LedgerError | None


@dataclass(slots=True)
class Support:
    """What the supporting entries give.

    Attributes:
        items: entries in form and proven to be in the log, ascending, genesis among them if shown.
        standing: keys, mandates and targets after the items that no rule refuses.
        faults: index → why that item is refused.
        verified: indices of the items whose signatures hold under a key registered below them.
        unchecked: indices of the items signed by a key that is not shown.
        malformed: (place in the file, error) of the items that are not in form.
        unproven: (index, error) of the items whose inclusion does not hold.
    """

    items: tuple[Shown, ...] = ()
    standing: Standing = field(default_factory=Standing)
    faults: dict[int, LedgerError] = field(default_factory=dict)
    verified: set[int] = field(default_factory=set)
    unchecked: set[int] = field(default_factory=set)
    malformed: list[tuple[int, LedgerError]] = field(default_factory=list)
    unproven: list[tuple[int, LedgerError]] = field(default_factory=list)

    @property
    def genesis(self) -> bool:
        """Whether the log's genesis is shown, which names the authorities."""
        return self.standing.genesis is not None

    def of_type(self, *types: str) -> Iterable[Shown]:
        """The items of these types, ascending."""
        return (item for item in self.items if item.type in types)

    def registration(self, kid: str) -> Registration | None:
        """The registration of a key: the first valid one, else the first that is shown."""
        key = self.standing.keys.get(kid)
        if key is not None:
            return Registration(
                key.registered_at, key.party, key.public_key, key.by_authority, None
            )
        if not self.genesis:
            return None
        for item in self.of_type("key-registration"):
            shown = KeyRegistration.of_json(item.payload)
            if shown.kid == kid:
                fault = self.faults.get(item.index)
                return Registration(item.index, shown.party, shown.public_key, False, fault)
        return None


def read(
    support: tuple[Any, ...], *, ledger: bytes, checkpoint: Checkpoint, main: Shown
) -> Support:
    """Read, prove and judge the items of a bundle's `support`.

    Args:
        support: the bundle's JSON.
        ledger: leaf hash of the genesis that the bundle's own entry names, or is.
        checkpoint: under which all of them must stand.
        main: the bundle's own entry; if it is genesis, it counts as shown.
    """
    result = Support()
    if len(support) > MAX_SUPPORT:
        return result
    found = [main] if main.type == GENESIS and main.index == 0 else []
    for place, value in enumerate(support, start=1):
        try:
            item, path = _read_item(value, ledger)
        except LedgerError as error:
            result.malformed.append((place, error))
            continue
        try:
            verify_inclusion(item.index, checkpoint.size, item.leaf_hash, path, checkpoint.root)
        except VerificationError as error:
            result.unproven.append((item.index, error))
            # Genesis is known by its hash, wherever it is said to stand.
            if item.type != GENESIS:
                continue
        found.append(item)
    result.items = tuple(sorted(found, key=lambda item: item.index))
    judged = -1
    for item in result.items:
        if item.index != judged:
            judged = item.index
            try:
                _judge(item, result)
            except LedgerError as error:
                result.faults[item.index] = error
    return result


def _read_item(value: object, ledger: bytes) -> tuple[Shown, tuple[bytes, ...]]:
    """One item and its inclusion path; all that it says about itself is checked."""
    if type(value) is not dict or value.keys() - {"heads"} != _MEMBERS:
        raise MalformedError("it has exactly role, index, entry and path, and heads of an index")
    role, index, path = value["role"], value["index"], value["path"]
    if type(role) is not str or type(index) is not int or not 0 <= index < MAX_SIZE:
        raise MalformedError("its role is text, its index an integer of at least 0")
    if type(path) is not list or len(path) > MAX_PATH:
        raise MalformedError("its path is not an array of hashes")
    data = decode(value["entry"], "entry")
    hashes = tuple(decode(node, "hash of path", 32) for node in path)
    entry = entries.parse(data)
    item = Shown(index, entry, leaf_hash(data), value.get("heads"))
    if "heads" in value and item.type != "subject-index":
        raise MalformedError(f"heads stand only beside a subject-index record, not {item.type}")
    if (item.type == GENESIS) != (index == 0):
        raise VerificationError(f"genesis is entry 0 and no other; this is entry {index}")
    if item.ledger != ledger:
        raise VerificationError(
            "it is of another log", expected=ledger.hex(), found=item.ledger.hex()
        )
    _check_open(entry)
    return item, hashes


def _check_open(entry: Entry) -> None:
    if entry.open is None:
        return
    said = entry.statement
    found = commitment.commit(entry.open.payload, entry.open.seed, said.id)
    if found.root != said.payload_root:
        raise VerificationError(
            "its open payload is not what was committed to",
            expected=said.payload_root.hex(),
            found=found.root.hex(),
        )
    if found.fields != said.payload_fields:
        raise VerificationError(
            "its number of fields", expected=str(said.payload_fields), found=str(found.fields)
        )
    parser = _PAYLOADS.get(said.type)
    if parser is not None:
        parser(entry.open.payload)


def _judge(item: Shown, shown: Support) -> None:
    """Hold an item against the rules and the items below it, and fold it in.

    A signature by a key that the bundle does not show is left open. A mandate without a signature
    is believed only where its principal brought it.

    Raises:
        LedgerError: it breaks a rule; nothing follows from it.
    """
    standing, entry, said = shown.standing, item.entry, item.entry.statement
    if not shown.genesis and item.type in _NEEDS_GENESIS:
        raise VerificationError("the log's genesis is not shown, which names the authorities")
    signature = entry.signature
    if signature is None or jws.parse(signature).kid in standing.keys:
        if item.type != GENESIS:
            standing.check_signature(said, signature, item.index)
        if signature is not None:
            shown.verified.add(item.index)
    else:
        shown.unchecked.add(item.index)
    if item.type == "mandate" and signature is None:
        standing.check_submitter(said, entry.submitter, entry.logged_at)
    if entry.open is not None:
        standing.check_open(said, signature, entry.open, item.index)
        standing.apply(said, signature, entry.open, item.index, item.leaf_hash)


def decode(value: object, what: str, size: int | None = None) -> bytes:
    """The bytes of a base64 member.

    Raises:
        MalformedError: not text, not base64, or another size.
    """
    if type(value) is not str:
        raise MalformedError(f"{what} is not base64 text")
    return unb64(value, size)
