"""The log from its first entry to its last: tree, chains, keys and roles (points 1, 2, 5, 6)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger import checkpoint as checkpoints
from ledger import entry as entries
from ledger import note
from ledger.anchor import Anchor, ChainFacts, log_id
from ledger.audit.findings import Finding
from ledger.audit.tree import TreeAudit
from ledger.checkpoint import Checkpoint
from ledger.entry import Entry
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.evidence.catalogue import TYPES
from ledger.evidence.registry import Registry
from ledger.merkle import leaf_hash
from ledger.replay import Replay
from ledger.standing import Standing
from ledger.tile import TILE_WIDTH, HashReader


class LogSource(HashReader, Protocol):
    """Where an audit reads a log from: a database, or the open addresses of a service."""

    def entries(self, start: int, end: int) -> Sequence[bytes]:
        """Entry bytes of [start, end), fewer only at the end of the log."""
        ...


@dataclass(frozen=True, slots=True)
class SeenIndex:
    """A subject-index record met: where, its id, entries it covers, whether it was reproduced."""

    index: int
    id: str
    size: int
    reproduced: bool

    def to_json(self) -> dict[str, int | str | bool]:
        """One item of a report: what an `audit-report` record is made of."""
        return {
            "index": self.index,
            "id": self.id,
            "size": self.size,
            "reproduced": self.reproduced,
        }


@dataclass(frozen=True, slots=True)
class SignatureTask:
    """A signature to be checked apart: which entry, and what `ed25519.verify` takes."""

    index: int
    public_key: bytes
    signature: bytes
    message: bytes


class LogAudit:
    """Reads a log once, in order; memory grows with subjects and ids only."""

    def __init__(
        self,
        source: LogSource,
        notes: Iterable[tuple[int, str]],
        *,
        watched: Collection[int] = (),
        told: Callable[[Entry, int], None] = lambda _entry, _index: None,
    ) -> None:
        """Before the first entry.

        Args:
            source: the log.
            notes: size and text of the signed checkpoints, ascending.
            watched: sizes of anchors, whose roots `check_anchor` needs.
            told: given every entry that can be read, whether or not it may stand there.
        """
        self.erased: dict[str, list[tuple[str, ...] | None]] = {}
        self.indexes: list[SeenIndex] = []
        self._source = source
        self._told = told
        self._entry = b""
        self._tasks: list[SignatureTask] = []
        self._replay = Replay(self._entry_at, verify=self._remember)
        self._registry = Registry(Standing(verify=lambda _key, _signature, _message: None))
        self._parse_faults: list[Finding] = []
        self._notes: dict[int, note.SignedNote] = {}
        self.tree = TreeAudit(source, self._parsed(notes), watched)

    @property
    def size(self) -> int:
        """Entries read so far."""
        return self._replay.size

    @property
    def replay(self) -> Replay:
        """What the entries read so far add up to."""
        return self._replay

    def step(self) -> Iterator[Finding]:
        """Read and check the next tile of entries."""
        first = self._replay.size
        chunk = self._source.entries(first, first + TILE_WIDTH)
        hashes = [leaf_hash(data) for data in chunk]
        yield from self.tree.add(hashes)
        yield from self._parse_faults
        self._parse_faults.clear()
        for place, data in enumerate(chunk):
            index = first + place
            if index in self.tree.altered:
                self._replay.skip(None, hashes[place])
            elif findings := self._fold(index, data, hashes[place]):
                yield from findings
            if index + 1 in self._notes:
                yield from self._check_note(self._notes.pop(index + 1), index + 1)

    def finish(self) -> Iterator[Finding]:
        """After the last entry."""
        yield from self.tree.finish()
        yield from self._parse_faults

    def take_signatures(self) -> list[SignatureTask]:
        """The signatures met since the last call; verifying them is the caller's part."""
        tasks, self._tasks = self._tasks, []
        return tasks

    def _fold(self, index: int, data: bytes, leaf: bytes) -> Sequence[Finding]:
        """What is wrong with an entry; every entry passes here, and nearly none has anything."""
        entry: Entry | None = None
        try:
            entry = entries.parse(data)
            self._told(entry, index)
            self._replay.fold(entry, leaf)
        except MalformedError as error:
            self._replay.skip(entry, leaf)
            return [
                Finding(5, f"entry {index}", f"not an entry: {error}", f"不是合法条目：{error}")
            ]
        except VerificationError as error:
            point = 5 if "chain" in str(error) or "stands at" in str(error) else 6
            self._replay.skip(entry, leaf)
            self._note_index(index, entry, reproduced=False)
            return [
                Finding(
                    point,
                    f"entry {index}",
                    f"{entry.statement.type if entry else 'entry'}: {error}",
                    f"违反规则：{error}",
                    error.expected,
                    error.found,
                )
            ]
        findings = self._check_role(index, entry, leaf)
        if not findings:
            self._note_erasure(entry)
        self._note_index(index, entry, reproduced=True)
        return findings

    def _check_role(self, index: int, entry: Entry, leaf: bytes) -> Sequence[Finding]:
        """Point 6: the issuer held a role that may post the type, and no party two sides."""
        statement = entry.statement
        if entry.open is not None:
            try:
                self._registry.check_open(statement, entry.signature, entry.open, index)
            except LedgerError as error:
                return [Finding(6, f"entry {index}", str(error), f"违反管钱管物分离：{error}")]
            self._registry.apply(statement, entry.signature, entry.open, index, leaf)
            return ()
        known = TYPES.get(statement.type)
        roles = self._registry.roles(statement.issuer)
        if (
            known is None
            or not known.posters.isdisjoint(roles)
            or (roles and "anyone" in known.posters)
        ):
            return ()
        return [
            Finding(
                6,
                f"entry {index}",
                f"{statement.issuer} held no role that may post {statement.type}",
                f"{statement.issuer} 当时没有可提交 {statement.type} 的角色",
                " or ".join(sorted(known.posters)),
                ", ".join(sorted(roles)) or "none",
            )
        ]

    def _note_erasure(self, entry: Entry) -> None:
        if entry.statement.type == "erasure" and entry.open is not None:
            fields = entry.open.payload.get("fields")
            for link in entry.statement.links:
                if link.rel == "erases" and link.id is not None:
                    shown = tuple(fields) if isinstance(fields, list) else None
                    self.erased.setdefault(link.id, []).append(shown)

    def _note_index(self, index: int, entry: Entry | None, *, reproduced: bool) -> None:
        if entry is not None and entry.statement.type == "subject-index" and entry.open is not None:
            size = entry.open.payload.get("size")
            if type(size) is int:
                self.indexes.append(SeenIndex(index, entry.statement.id, size, reproduced))

    def _check_note(self, signed: note.SignedNote, size: int) -> Iterator[Finding]:
        try:
            self._replay.check_checkpoint(signed)
        except LedgerError as error:
            yield Finding(
                1,
                f"checkpoint of size {size}",
                f"the log's signature does not hold: {error}",
                f"账本签名不成立：{error}",
            )

    def _parsed(self, notes: Iterable[tuple[int, str]]) -> Iterator[Checkpoint]:
        for size, text in notes:
            try:
                signed = note.parse(text)
                parsed = checkpoints.parse(signed.text)
                if parsed.size != size:
                    raise VerificationError(
                        "stored under another size", expected=str(size), found=str(parsed.size)
                    )
            except LedgerError as error:
                self._parse_faults.append(
                    Finding(1, f"checkpoint of size {size}", str(error), f"检查点无效：{error}")
                )
                continue
            self._notes[size] = signed
            yield parsed

    def _entry_at(self, index: int) -> bytes:
        found = self._source.entries(index, index + 1)
        if not found:
            raise VerificationError(f"entry {index} cannot be read again")
        return found[0]

    def _remember(self, public_key: bytes, signature: bytes, message: bytes) -> None:
        self._tasks.append(SignatureTask(self._replay.size, public_key, signature, message))


def check_anchor(size: int, root: bytes, tree: TreeAudit) -> Finding | None:
    """Whether an anchored root is this log's at that size, which `tree` watched (point 2)."""
    computed = tree.roots.get(size)
    if computed == root:
        return None
    return Finding(
        2,
        f"anchor of size {size}",
        "the anchored root is not this log's"
        if computed is not None
        else f"the anchor lies above the log's {tree.size} entries",
        "锚定的根不属于本账本" if computed is not None else f"锚点超出账本的 {tree.size} 条",
        root.hex(),
        None if computed is None else computed.hex(),
    )


def check_events(
    anchors: Iterable[Anchor], facts: ChainFacts, ledger: bytes, standing: Standing
) -> Iterator[Finding]:
    """Stored anchors against what a node says of them (point 2).

    An anchor counts under a target that genesis or an `anchor-target` record names, and under the
    log id derived from it.
    """
    events = {(event.tx_hash, event.log_index): event for event in facts.events}
    targets = {target.contract: target for _, target in standing.targets}
    for anchor in anchors:
        where = f"anchor of size {anchor.size}"
        target = targets.get(anchor.contract)
        event = events.get((anchor.tx_hash, anchor.log_index))
        if target is None:
            yield Finding(
                2, where, f"no target of the log is {anchor.contract}", "账本未声明该合约为锚定目标"
            )
        elif event is None:
            yield Finding(
                2,
                where,
                f"the chain has no such event in transaction {anchor.tx_hash}",
                f"链上交易 {anchor.tx_hash} 中没有该事件",
            )
        elif (event.size, event.root, event.contract, event.log_id) != (
            anchor.size,
            anchor.root,
            target.contract,
            log_id(target.registrant, ledger),
        ):
            yield Finding(
                2,
                where,
                "the chain's own event says something else",
                "链上事件与记录不符",
                f"size {anchor.size}, root {anchor.root.hex()}",
                f"size {event.size}, root {event.root.hex()}",
            )
