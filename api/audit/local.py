"""An audit of the database and the blobs themselves: the seven points of the design's list.

The log is read in order by this process; rows, payloads, blobs and signatures are shared among
`jobs` processes, each of which opens the installation for itself.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from anchoring.chain import Chain
from anchoring.facts import gather
from anchoring.web3_chain import Web3Chain
from api.audit import oversight
from api.audit.report import Report
from api.installation import Installation, open_installation
from api.settings import Settings
from ledger import ed25519
from ledger import entry as entries
from ledger import policy as policies
from ledger.anchor_progress import AnchorProgress
from ledger.audit.findings import Finding
from ledger.audit.log import LogAudit, SignatureTask, check_anchor, check_events
from ledger.audit.records import (
    Missing,
    Said,
    blob_finding,
    check_erased,
    check_missing,
    check_row,
    named_blobs,
    undestroyed_blob,
)
from ledger.audit.tables import RowSums, check_heads, differs
from ledger.entry import Entry
from ledger.errors import LedgerError, UnavailableError
from ledger.trace.hops import PAPERS
from storage.audit_tables import add_links, unheld
from storage.store import Store
from storage.values import Head, Upload

_ROWS: Final = 512
_WAITING_PER_JOB: Final = 8
_NOTES: Final = 5_000

Progress = Callable[[int, int], None]
"""`(entries read, entries in all)`."""


@dataclass(slots=True)
class Share:
    """What one piece of shared work gave."""

    findings: list[Finding] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    unheld: list[tuple[int, str]] = field(default_factory=list)
    payloads: int = 0
    blobs: int = 0
    signatures: int = 0


class _Inline(Executor):
    """One job: the work is done where it is asked for."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - handed to whoever asks for the result
            done.set_exception(error)
        return done


_worker: Installation | None = None


def _open_worker(settings: Settings, restored: bool) -> None:
    global _worker  # noqa: PLW0603 - one installation per worker process
    _worker = open_installation(settings, read_only=True, restored=restored)


def audit(
    settings: Settings,
    *,
    jobs: int = 1,
    rpc: str | None = None,
    policy: bytes | None = None,
    progress: Progress = lambda _done, _all: None,
    payloads: bool = True,
    restored: bool = False,
) -> Report:
    """Audit an installation.

    Args:
        settings: where it lies.
        jobs: processes that share rows, payloads, blobs and signatures; 1 does without any.
        rpc: a node to ask for the anchors' events; None asks the installation's own.
        policy: the auditor's own, which must know this log; None takes genesis as it stands.
        progress: told after each tile of entries.
        payloads: also open and compare payloads and blobs (points 3, 4 and 7).
        restored: look at a restore that has not ended, whatever was released.

    Raises:
        LedgerError: there is nothing to audit, or the database does not answer.
    """
    started = time.perf_counter()
    installation = open_installation(settings, read_only=True, restored=restored)
    report = Report("database", points=(1, 2, 3, 4, 5, 6, 7) if payloads else (1, 2, 5, 6))
    pool: Executor
    if jobs > 1:
        pool = ProcessPoolExecutor(jobs, initializer=_open_worker, initargs=(settings, restored))
    else:
        pool = _Inline()
        global _worker  # noqa: PLW0603 - as in a worker process
        _worker = installation
    try:
        with pool:
            chain = installation.open_chain() if rpc is None else Web3Chain(rpc)
            if policy is not None:
                _check_policy(installation, policies.parse(policy), report)
            _run(installation.store, report, chain, pool, jobs, progress, payloads=payloads)
        if payloads and report.findings:
            report.notes.append(
                (
                    "findings were not computed again: what they rest on does not hold",
                    "结论未重新计算：其所依据的内容本身不成立",
                )
            )
        elif payloads:
            oversight.check(installation, report.size, report, progress=progress)
    finally:
        installation.close()
    report.seconds = time.perf_counter() - started
    return report


def _run(
    store: Store,
    report: Report,
    chain: Chain | None,
    pool: Executor,
    jobs: int,
    progress: Progress,
    *,
    payloads: bool,
) -> None:
    head = store.head()
    size = head.size
    tables = _Tables()
    log = LogAudit(
        store,
        _notes(store),
        watched=[row.size for row in _anchored(store)],
        told=tables.add if payloads else lambda _entry, _index: None,
    )
    waiting: deque[Future[Share]] = deque()
    missing: list[Missing] = []
    done_rows = 0

    def submit(work: partial[Share]) -> None:
        waiting.append(pool.submit(work))
        while len(waiting) > jobs * _WAITING_PER_JOB:
            tables.unheld += _take(waiting.popleft().result(), report, missing)

    while log.size < size:
        before = log.size
        for finding in log.step():
            report.add(finding)
        if log.size == before:
            break
        signatures = log.take_signatures()
        if signatures:
            submit(partial(verify_signatures, signatures))
        while payloads and (log.size - done_rows >= _ROWS or log.size >= size > done_rows):
            end = min(done_rows + _ROWS, log.size)
            submit(partial(verify_rows, done_rows, end))
            done_rows = end
        progress(log.size, size)
    for finding in log.finish():
        report.add(finding)
    # Only now is every erasure known: what one destroyed must be gone, and nothing else may be.
    erased = list(log.erased.items()) if payloads else []
    for at in range(0, len(erased), _ROWS):
        submit(partial(verify_erased, dict(erased[at : at + _ROWS])))
    while waiting:
        tables.unheld += _take(waiting.popleft().result(), report, missing)
    for one in missing:
        for finding in check_missing(one, log.erased):
            report.add(finding)
    if payloads:
        report.count("erased", len(erased))
        for upload in store.uploads.undestroyed():
            report.add(undestroyed_blob(upload))
        _acts(store, log, report)
        if log.size == size:
            _tables(store, log, head, tables, report)
    report.size = log.size
    report.root = log.tree.root().hex() if log.size else None
    report.count("entries", log.size)
    report.count("tiles", log.tree.tiles_checked)
    report.count("checkpoints", log.tree.checkpoints_checked)
    report.count("subjects", len(log.replay.heads))
    report.indexes = log.indexes
    _anchors(store, log, chain, report)


class _Tables:
    """What the derived tables should hold, as far as only the whole log gives it."""

    def __init__(self) -> None:
        """Before the first entry."""
        self.links = RowSums()
        self.corrected: set[str] = set()
        self.unheld: list[tuple[int, str]] = []

    def add(self, entry: Entry, index: int) -> None:
        """The next entry."""
        if entry.statement.links or entry.statement.type in PAPERS:
            add_links(self.links, entry, index)
            self.correct(entry)

    def correct(self, entry: Entry) -> None:
        """The records that this one corrects may have let go of their documents."""
        self.corrected.update(
            link.id
            for link in entry.statement.links
            if link.rel in {"corrects", "replaces"} and link.id is not None
        )


def _tables(store: Store, log: LogAudit, head: Head, tables: _Tables, report: Report) -> None:
    """Every table that answers are found by is what the log gives (point 3)."""
    for finding in store.differing_tables(tables.links, log.size, log.tree.altered):
        report.add(finding)
    if any(record_id not in tables.corrected for _, record_id in tables.unheld):
        # A correction that arrived while rows were read explains them too.
        newest = store.head().size
        for first in range(log.size, newest, _ROWS):
            for data in store.entries(first, min(first + _ROWS, newest)):
                tables.correct(entries.parse(data))
    for finding in unheld(tables.unheld, tables.corrected):
        report.add(finding)
    heads, seen = log.replay.heads, 0
    for last in store.heads_at(log.size):
        seen += last.subject in heads
        if last.index not in log.tree.altered:
            for finding in check_heads(heads, [last]):
                report.add(finding)
    if seen < len(heads):
        found = {last.subject for last in store.heads_at(log.size)}
        for subject in sorted(heads.keys() - found):
            report.add(differs("subject_heads", subject, f"entry {heads[subject][1]}", None))
    if log.size and head.root != log.tree.root():
        expected, there = log.tree.root().hex(), head.root.hex()
        report.add(differs("log_head", "range", expected, there))


def _check_policy(installation: Installation, policy: policies.Policy, report: Report) -> None:
    """The log is the one that the auditor's policy knows (point 1)."""
    origin = installation.genesis.origin
    known = [line for line in policy.logs if line.key.name == origin]
    if not any(line.genesis == installation.ledger for line in known):
        report.add(
            Finding(
                1,
                "genesis",
                f"the policy knows no log {origin} with this genesis",
                f"策略中没有以此为创世记录的账本 {origin}",
                ", ".join(line.genesis.hex() for line in known if line.genesis) or None,
                installation.ledger.hex(),
            )
        )


def _acts(store: Store, log: LogAudit, report: Report) -> None:
    """What acts are checked against is what the log gives (point 3)."""
    for key in store.differing_acts(log.tree.altered):
        report.add(
            Finding(
                3,
                f"act rules: {key}",
                "what acts are checked against is not what the log gives; `mealtrace migrate` "
                "derives it again",
                "行为规则的状态与账本不符；运行 `mealtrace migrate` 可重新推导",
            )
        )


def _anchored(store: Store) -> list[AnchorProgress]:
    return [anchor for anchor in store.anchors.all() if anchor.size and anchor.mined]


def _anchors(store: Store, log: LogAudit, chain: Chain | None, report: Report) -> None:
    """Anchored roots against the log's, and against the chain's own events (point 2)."""
    stored = _anchored(store)
    for progress in stored:
        report.count("anchors")
        finding = check_anchor(progress.size, progress.root, log.tree)
        if finding is not None:
            report.add(finding)
    if not stored:
        return
    anchors = [progress.to_anchor(()) for progress in stored]
    try:
        if chain is None:
            raise UnavailableError("no node is configured")
        facts = gather(chain, anchors)
    except LedgerError as error:
        report.notes.append(
            (
                f"no node confirmed the {len(anchors)} anchors: {error}",
                f"{len(anchors)} 个锚点未经节点核对：{error}",
            )
        )
        return
    here = [
        anchor
        for anchor in anchors
        if (anchor.chain_id, anchor.genesis_hash) == (facts.chain_id, facts.genesis_hash)
    ]
    if elsewhere := len(anchors) - len(here):
        report.notes.append(
            (
                (
                    f"{elsewhere} anchors stand on another chain than the node's: ask one of theirs "
                    "with --rpc"
                ),
                f"{elsewhere} 个锚点在另一条链上，未经该节点核对：请用 --rpc 指定其节点",
            )
        )
    for finding in check_events(here, facts, log.replay.standing.ledger, log.replay.standing):
        report.add(finding)
    report.count("events", len(facts.events))


def _notes(store: Store) -> Iterator[tuple[int, str]]:
    start = 0
    while notes := store.checkpoints(start, _NOTES):
        yield from notes
        start = notes[-1][0] + 1


def _take(share: Share, report: Report, missing: list[Missing]) -> list[tuple[int, str]]:
    for finding in share.findings:
        report.add(finding)
    missing += share.missing
    report.count("payloads", share.payloads)
    report.count("blobs", share.blobs)
    report.count("signatures", share.signatures)
    return share.unheld


def verify_signatures(tasks: list[SignatureTask]) -> Share:
    """Issuers' signatures (point 6)."""
    share = Share(signatures=len(tasks))
    for task in tasks:
        try:
            ed25519.verify(task.public_key, task.signature, task.message)
        except LedgerError as error:
            share.findings.append(
                Finding(
                    6,
                    f"entry {task.index}",
                    f"the issuer's signature does not hold: {error}",
                    f"签发者的签名不成立：{error}",
                )
            )
    return share


def verify_rows(start: int, end: int) -> Share:
    """Rows, payloads and blobs of [start, end) (points 3 and 4)."""
    assert _worker is not None
    store, share = _worker.store, Share()
    uploads: dict[int, dict[bytes, Upload]] = {}
    for index, upload, mac in store.uploads.named_in(start, end):
        uploads.setdefault(index, {})[mac] = upload
    contents: dict[str, tuple[str | None, str | None]] = {}
    for row in store.audit_rows(start, end):
        if row.payload is None and row.fault is None:
            gone = None if row.rest is None else row.rest.gone
            share.missing.append((row.index, row.columns["record_id"], row.columns["type"], gone))
        else:
            share.payloads += 1
            share.findings += check_row(row, {})
            if row.document is not None and row.document not in row.documents:
                share.unheld.append((row.index, row.columns["record_id"]))
        named = named_blobs(row)
        macs = {store.sealer.mac("blob", blob["sha256"]) for blob in named}
        for mac, upload in uploads.get(row.index, {}).items():
            if row.payload is not None and mac not in macs:
                share.findings.append(differs("blob_uses", f"entry {row.index}", None, upload.id))
        for blob in named:
            share.blobs += 1
            used = uploads.get(row.index, {}).get(store.sealer.mac("blob", blob["sha256"]))
            content: tuple[str | None, str | None] = (None, "no upload is recorded for it")
            if used is not None:
                if used.id not in contents:
                    contents[used.id] = _content(store, used)
                content = contents[used.id]
            finding = blob_finding(row.index, blob["sha256"], blob["role"], *content)
            if finding is not None:
                share.findings.append(finding)
    return share


def verify_erased(said: dict[str, Said]) -> Share:
    """Records of which something was erased: it must be gone (point 3)."""
    assert _worker is not None
    share = Share()
    for row in _worker.store.audit_rows_of(list(said)):
        share.findings += check_erased(row, said[row.columns["record_id"]])
    return share


def _content(store: Store, upload: Upload) -> tuple[str | None, str | None]:
    """SHA-256 (hex) of a blob's bytes, or why they cannot be read."""
    digest = hashlib.sha256()
    try:
        for piece in store.uploads.open(upload):
            digest.update(piece)
    except LedgerError as error:
        return None, str(error)
    return digest.hexdigest(), None
