"""Whether a trace holds, by itself: pure, offline, and without trusting whoever made it.

Every entry stands under the one checkpoint, every node says what its entry says, every hop is
stated by the entry it comes from or by a subject both have, and every node hangs together with the
first. The table of `hops.py` is not asked: a later one may know more hops, and what states a hop is
in the bytes.

What a trace cannot show is that nothing was left out: for that there are subject histories.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from ledger import bundle as bundles
from ledger import checkpoint as checkpoints
from ledger import disclosure, merkle, note, policy, timestamp, tlog_proof
from ledger.checkpoint import Checkpoint
from ledger.disclosure import Disclosed
from ledger.encoding import unb64
from ledger.errors import LedgerError, MalformedError, VerificationError
from ledger.note import VerifierKey
from ledger.proof import verify_inclusion
from ledger.statement import GENESIS
from ledger.tlog_proof import TlogProof
from ledger.trace import document
from ledger.trace.document import PERIOD_FIELDS, Document
from ledger.trace.hops import Days, Edge, Seen, see
from ledger.trace.named import values_at
from ledger.verdict import WEAKEST_FIRST, Check, Overall, State, Verdict
from ledger.verification import verify_parts

HOPS: Final = "hops"
"""Name of the check that a trace has on top of a bundle's."""

LEFT_OUT: Final = (
    "that none is left out, a trace cannot show",
    "溯源文件不能证明没有遗漏",
)
_MORE: Final = (
    "the file says itself that there is more than it shows",
    "文件自称并未列出全部内容",
)
_HOUR_MS: Final = 3_600_000
_EAST_MS, _WEST_MS = 14 * _HOUR_MS, 12 * _HOUR_MS


@dataclass(frozen=True, slots=True)
class File:
    """A file that a record names: its digest was committed to, its bytes are for the reader.

    Attributes:
        role: `photo` for instance.
        media_type: as declared.
        sha256: lower-case hex.
        size: bytes.
        href: where the service has it for this reader, or None.
    """

    role: str
    media_type: str
    sha256: str
    size: int
    href: str | None


@dataclass(frozen=True, slots=True)
class TraceNode:
    """A record of a checked trace.

    Attributes:
        seen: the record, its payload as far as the trace discloses it.
        path: inclusion proof under the trace's checkpoint.
        files: those it names, where it shows them.
    """

    seen: Seen
    path: tuple[bytes, ...]
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace that holds.

    Attributes:
        start: id of the first record.
        direction: `up`, `down` or `both`, as it was asked for.
        depth: most hops, likewise.
        checkpoint: the state of the log that everything was held against.
        nodes: id → record.
        edges: the hops, each from the record that states it to the one it rests on.
        truncated: whether the service says that there is more.
        withheld: ids of records that some of these name and the service did not show.
        data: the file, to be kept and handed on.
        part: which part of a trace it is, None where it stands for itself.
        next: the part after it, None of a last one.
    """

    start: str
    direction: str
    depth: int
    checkpoint: Checkpoint
    nodes: Mapping[str, TraceNode]
    edges: tuple[Edge, ...]
    truncated: bool
    withheld: tuple[str, ...]
    data: bytes
    part: str | None = None
    next: str | None = None


def check(data: bytes, keys: Sequence[VerifierKey], ledger: bytes) -> Trace:
    """The trace of a file, after everything in it has been found to hold.

    Args:
        data: the file.
        keys: the log's own keys, of which one must have signed the checkpoint.
        ledger: leaf hash of the log's genesis, 32 bytes.

    Raises:
        VerificationError: it does not hold; the message names record and reason.
        MalformedError: it is no trace.
    """
    read = document.parse(data)
    head = checkpoints.open(read.checkpoint, keys)
    nodes = _graph(read, head, ledger)
    absent = tuple(str(item.get("id")) for item in (*read.withheld, *read.missing))
    return Trace(
        read.start, read.direction, read.depth, head, nodes, read.edges, read.truncated, absent,
        data, read.part, read.next,
    )  # fmt: skip


def verify(data: bytes, policy_text: bytes | None) -> Verdict:
    """The verdict on a trace: that of its weakest record, and a check of the hops.

    Keys and mandates are not in a trace; whoever needs them takes a record's bundle. So a trace is
    `log-only` at best, unless witnesses carry it.

    Args:
        data: the file.
        policy_text: bytes of the verifier's own policy, or None.

    Raises:
        MalformedError: trace or policy cannot be read; there is no verdict.
    """
    read = document.parse(data)
    trusted = None if policy_text is None else policy.parse(policy_text)
    verdicts = [
        verify_parts(
            bundles.Bundle(
                _text(node, "entry"), _proof_text(node, read), node.get("disclosure"), (), (), ()
            ),
            trusted,
        )
        for node in read.nodes
    ]
    if not verdicts:
        raise MalformedError("a trace has at least its first record")
    weakest = min(verdicts, key=lambda verdict: WEAKEST_FIRST.index(verdict.overall))
    try:
        head = checkpoints.parse(note.parse(read.checkpoint).text)
        ledger = None if trusted is None else _genesis(trusted, head.origin)
        _graph(read, head, ledger)
    except LedgerError as error:
        hops = Check(
            HOPS,
            State.FAIL,
            f"The records do not hang together as shown: {error}.",
            f"这些记录之间的关联与所示不符：{error}。",
        )
        return Verdict(Overall.FAILED, (), weakest.custodial, (*weakest.checks, hops))
    hops = Check(
        HOPS,
        State.PASS,
        f"All {len(read.edges)} hops between {len(read.nodes)} records are stated by the records "
        f"themselves; {_MORE[0] if read.truncated else LEFT_OUT[0]}.",
        f"{len(read.nodes)} 条记录之间的 {len(read.edges)} 处关联均由记录自身载明；"
        f"{_MORE[1] if read.truncated else LEFT_OUT[1]}。",
    )
    return Verdict(weakest.overall, weakest.scope, weakest.custodial, (*weakest.checks, hops))


def _graph(read: Document, head: Checkpoint, ledger: bytes | None) -> dict[str, TraceNode]:
    """Id → record, after nodes, hops and their hanging together were found to hold."""
    nodes: dict[str, TraceNode] = {}
    shown: dict[str, Disclosed | None] = {}
    for item in read.nodes:
        node, disclosed = _node(item, head, ledger)
        if node.seen.id in nodes:
            raise VerificationError(f"record {node.seen.id} stands twice in the trace")
        nodes[node.seen.id], shown[node.seen.id] = node, disclosed
    for edge in read.edges:
        if edge.lower not in nodes or edge.upper not in nodes:
            raise VerificationError(
                f"a hop leads from or to no record of the trace: {_named(edge)}"
            )
        if not _stated(edge, nodes[edge.lower].seen, nodes[edge.upper].seen, shown[edge.upper]):
            raise VerificationError(f"nothing states the hop {_named(edge)}")
    _check_joined(read, nodes)
    return nodes


def _node(
    item: Mapping[str, Any], head: Checkpoint, ledger: bytes | None
) -> tuple[TraceNode, Disclosed | None]:
    """A node whose entry stands in the log, and says what the node says."""
    data = unb64(_text(item, "entry"))
    index, path = item.get("index"), _path(item)
    if type(index) is not int:
        raise MalformedError("index of a node is not an integer")
    leaf = merkle.leaf_hash(data)
    verify_inclusion(index, head.size, leaf, path, head.root)
    bare = see(index, data)
    statement = bare.entry.statement
    of_log = leaf if statement.type == GENESIS else statement.ledger
    if ledger is not None and of_log != ledger:
        raise VerificationError(
            f"record {bare.id} belongs to another log",
            expected=ledger.hex(),
            found="" if of_log is None else of_log.hex(),
        )
    for name, value in document.said(index, bare.entry).items():
        if item.get(name) != value:
            raise VerificationError(
                f"{name} of node {bare.id} is not its entry's",
                expected=str(value),
                found=str(item.get(name)),
            )
    disclosed = None
    if item.get("disclosure") is not None:
        disclosed = disclosure.verify(
            disclosure.parse(item["disclosure"]), statement.payload_root, statement.payload_fields
        )
    seen = bare if disclosed is None else replace(bare, payload=disclosed.values)
    return TraceNode(seen, tuple(path), _files(item, disclosed, seen.id)), disclosed


def _files(
    item: Mapping[str, Any], disclosed: Disclosed | None, record_id: str
) -> tuple[File, ...]:
    files = item.get("files")
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise MalformedError("files of a node are objects")
    told = [{name: value for name, value in file.items() if name != "href"} for file in files]
    committed = [] if disclosed is None else list(disclosed.values.get("blobs", ()))
    if told != committed:
        raise VerificationError(
            f"files of node {record_id} are not what it committed to",
            expected=str(committed),
            found=str(told),
        )
    return tuple(
        File(file["role"], file["media_type"], file["sha256"], file["size"], file.get("href"))
        for file in files
    )


def _stated(edge: Edge, lower: Seen, upper: Seen, shown: Disclosed | None) -> bool:
    """Whether the bytes at hand say what the edge says; `shown` is what `upper` discloses."""
    if edge.rel is not None:
        return any(
            link.rel == edge.rel
            and (
                link.id == upper.id
                if edge.via is None
                else link.subject == edge.via and edge.via in upper.entry.statement.subjects
            )
            for link in lower.entry.statement.links
        )
    if edge.field is not None:
        return upper.id in values_at(lower.payload, tuple(edge.field.split(".")))
    if edge.via not in lower.mentions or edge.via not in upper.mentions:
        return False
    return not edge.in_force or _in_force(lower, upper, shown)


def _in_force(lower: Seen, upper: Seen, shown: Disclosed | None) -> bool:
    """Whether `upper` was in force on the day of `lower`, in whatever time zone the log is kept."""
    if shown is None or any(
        name not in shown.values and not shown.lacks(name) for name in PERIOD_FIELDS
    ):
        return False
    period = upper.period()
    days = anywhere(lower.entry.statement.occurred_at)
    return period is not None and period[0] <= days.last and days.first <= period[1]


def anywhere(time: str) -> Days:
    """The first and last civil day that a time in normal form has anywhere on earth."""
    return Days(_moved(time, -_WEST_MS)[:10], _moved(time, _EAST_MS)[:10])


def _moved(time: str, by_ms: int) -> str:
    """A time moved; where it would leave the years that a time may have, as it was."""
    try:
        return timestamp.format(timestamp.parse(time) + by_ms)
    except MalformedError:
        return time


def _check_joined(read: Document, nodes: Mapping[str, TraceNode]) -> None:
    """Every node is reached from the first one, going up all the way or down all the way."""
    if read.start not in nodes:
        raise VerificationError(f"the first record {read.start} is not in the trace")
    up: dict[str, set[str]] = defaultdict(set)
    down: dict[str, set[str]] = defaultdict(set)
    for edge in read.edges:
        up[edge.lower].add(edge.upper)
        down[edge.upper].add(edge.lower)
    ways = {"up": (up,), "down": (down,), "both": (up, down)}[read.direction]
    reached = set().union(*(_reached(read.start, way) for way in ways))
    alone = sorted(nodes.keys() - reached)
    if alone:
        raise VerificationError(f"no hops lead from {read.start} to {alone[0]}")


def _reached(start: str, way: Mapping[str, Iterable[str]]) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        for following in way.get(waiting.pop(), ()):
            if following not in reached:
                reached.add(following)
                waiting.append(following)
    return reached


def _proof_text(node: Mapping[str, Any], read: Document) -> str:
    index = node.get("index")
    if type(index) is not int:
        raise MalformedError("index of a node is not an integer")
    return tlog_proof.format(TlogProof(index, tuple(_path(node)), read.checkpoint))


def _path(item: Mapping[str, Any]) -> list[bytes]:
    path = item.get("path")
    if not isinstance(path, list) or not all(isinstance(part, str) for part in path):
        raise MalformedError("path of a node is an array of base64 text")
    return [unb64(part, merkle.HASH_SIZE) for part in path]


def _text(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str):
        raise MalformedError(f"{name} of a node is not text")
    return value


def _genesis(trusted: policy.Policy, origin: str) -> bytes | None:
    return next((line.genesis for line in trusted.logs_of(origin)), None)


def _named(edge: Edge) -> str:
    by = edge.rel or edge.field or edge.via
    return f"{edge.lower} → {edge.upper} ({by})"
