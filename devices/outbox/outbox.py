"""The durable outbox (离线发件箱): signs first, keeps, and sends whenever there is a network.

`keep` needs none: the log is known by its policy, the key is at hand, and what the service must log
follows from the bytes kept (`devices.client.outgoing`). When it returns, the record and its files are
on disk, with the id and the signature that every attempt will bear.
"""

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from sqlite3 import Connection
from typing import Final

from devices.client import Blob, Evidence, IssuerKey, TrustedLog, outgoing, trust, uuid7
from devices.client.contents import media_type as media_type_of
from devices.client.evidence import BlobSource, Content
from devices.client.files import read as read_file
from devices.outbox.held import Limits
from devices.outbox.pace import Pace
from devices.outbox.queue import Queue
from devices.outbox.schema import document_of
from devices.outbox.sender import Sender
from ledger import canonical
from ledger.canonical import JsonValue
from ledger.errors import ConflictError, NotFoundError, UnavailableError

MAX_FILE: Final = 64 << 20
"""Bytes of a file; the service takes no larger one, unless it was told to."""
_POLICY: Final = "policy"
_ROW_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class _File:
    """A file taken in."""

    blob: Blob
    data: bytes


class Outbox(Queue):
    """What is said now and sent later; may be used by many threads.

    Attributes:
        log: the log that records are signed for.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        party: str,
        policy: bytes | None = None,
        key: IssuerKey | None = None,
        limits: Limits | None = None,
        now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Open or make the outbox in `folder`.

        Args:
            folder: its own.
            party: the token's party; the issuer, where a record names no other.
            policy: of the log (`MealtraceClient.trusted().policy`); kept, so that the next start
                needs none. Another one is taken if it is of the same log.
            key: signs what brings no key of its own; None: custodial.
            limits: how much it may hold.
            now_ms: of this machine's clock.
            entropy: feeds ids and seeds.

        Raises:
            NotFoundError: no policy is given or kept.
            ConflictError: the policy is another log's than the one kept.
            MalformedError: it is no policy of one log.
            UnavailableError: the file system refuses.
        """
        super().__init__(folder, limits=limits, now_ms=now_ms)
        self.party = party
        self._key = key
        self._entropy = entropy
        try:
            self.log = self._log(policy)
        except BaseException:
            self.close()
            raise

    def _log(self, given: bytes | None) -> TrustedLog:
        kept = self.recall(_POLICY)
        if given is None and kept is None:
            raise NotFoundError("the outbox knows no log yet: give it the log's policy")
        if given is None:
            assert kept is not None
            return trust.read(kept)
        log = trust.read(given)
        if kept is not None and trust.read(kept).genesis != log.genesis:
            raise ConflictError("the outbox was opened for another log; take another folder")
        if given != kept:
            self.remember({_POLICY: given})
        return log

    def keep(self, evidence: Evidence, *, lane: str = "", once: bool = False) -> str:
        """Sign a record and put it on disk with its files; its id.

        With an id of its own it may be kept again, and is kept once, as long as it waits or its
        receipt is kept.

        Args:
            evidence: what to say.
            lane: a name for what keeps its order, the device's for instance.
            once: where the type tells documents apart (its document key: scale and counter of a
                `weigh-in`), the same document again is the first record, whatever else it says: for
                drivers that cannot know whether they kept it before the power went. Without, the
                service refuses the second one and a person sees it.

        Raises:
            RefusedError: the service could never take it, with all faults. Nothing is kept.
            MalformedError: it cannot be written as canonical JSON, or a file is too large.
            NotFoundError: there is no such file.
            ConflictError: the id stands for another record.
            UnavailableError: the outbox is full, or its disk fails. Nothing is kept.
        """
        now = self._now_ms()
        files = [(role, _taken(source)) for role, source in _sources(evidence)]
        ready = outgoing.make(
            replace(evidence, key=evidence.key or self._key),
            [(role, file.blob if isinstance(file, _File) else file) for role, file in files],
            self.log,
            id=evidence.id or uuid7(now, self._entropy(10)),
            party=self.party,
            seed=self._entropy(32),
        )
        held = [file for _, file in files if isinstance(file, _File)]
        said = ready.request()
        content, document = _content(said), document_of(said)
        size = sum(len(file.data) for file in held)
        with self._database.write() as tables:
            known = tables.execute(
                "SELECT content FROM records WHERE id = ?1 "
                "UNION ALL SELECT content FROM receipts WHERE id = ?1",
                (ready.id,),
            ).fetchone()
            if known is not None:
                if known[0] != content:
                    raise ConflictError(f"{ready.id} stands for another record in this outbox")
                return ready.id
            if once and document is not None:
                first = tables.execute(
                    "SELECT id FROM records WHERE document = ?1 "
                    "UNION ALL SELECT id FROM receipts WHERE document = ?1",
                    (document,),
                ).fetchone()
                if first is not None:
                    return str(first[0])
            self._make_sure_of_room(size, len(ready.body), has_files=bool(held))
            row = tables.execute(
                "INSERT INTO records (id, lane, type, occurred_at, kept_at_ms, content, document, "
                "body) VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING seq",
                (
                    ready.id,
                    lane,
                    evidence.type,
                    outgoing.moment(evidence.occurred_at),
                    now,
                    content,
                    document,
                    ready.body,
                ),
            ).fetchall()
            for file in held:
                _hold(tables, row[0][0], file)
        self.poke()
        return ready.id

    def _make_sure_of_room(self, files_bytes: int, body_bytes: int, *, has_files: bool) -> None:
        needed = files_bytes + body_bytes + _ROW_BYTES
        most = self.limits.files_bytes if has_files else self.limits.max_bytes
        used = self._database.used_bytes()
        if used + needed > most:
            self._turned_away = needed
            raise UnavailableError(
                f"the outbox is full: {used} of {self.limits.max_bytes} bytes wait to be sent",
                retry_after_s=60,
            )
        if has_files and self._database.free_bytes() < self.limits.min_free_bytes + files_bytes:
            raise UnavailableError("the disk of the outbox is full", retry_after_s=60)
        if has_files:
            self._turned_away = 0

    @contextmanager
    def sending(
        self,
        url: str,
        token: str | None,
        *,
        pace: Pace | None = None,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = 30.0,
    ) -> Iterator[Sender]:
        """Send in a thread while the block runs; what is left at its end waits for the next time.

        Raises:
            ConflictError: another process sends from this outbox.
            MalformedError: an address or token that can be none.
        """
        sender = Sender(
            self,
            url,
            token,
            log=self.log,
            party=self.party,
            kid=None if self._key is None else self._key.kid,
            pace=pace,
            tls=tls,
            timeout_s=timeout_s,
        )
        stop = threading.Event()
        thread = threading.Thread(target=sender.run, args=(stop,), name="sender", daemon=True)
        thread.start()
        try:
            yield sender
        finally:
            stop.set()
            self.poke()
            thread.join()
            sender.close()


def _sources(evidence: Evidence) -> Iterator[tuple[str, BlobSource]]:
    for role, given in evidence.blobs.items():
        for source in given if isinstance(given, list) else [given]:
            yield role, source


def _taken(source: BlobSource) -> _File | Blob:
    """A file's bytes and what it measures; one that the service has already stays there."""
    if isinstance(source, Blob):
        return source
    content, told = source if isinstance(source, tuple) else (source, None)
    kind = (told or media_type_of(content)).partition(";")[0].strip().lower()
    data = content if isinstance(content, bytes) else _read(content)
    return _File(Blob(sha256(data).hexdigest(), len(data), kind), data)


def _read(path: Content) -> bytes:
    assert not isinstance(path, bytes)
    data = read_file(Path(path), largest=MAX_FILE)
    if data is None:
        raise NotFoundError(f"no file {os.fspath(path)}")
    return data


def _content(request: Mapping[str, JsonValue]) -> bytes:
    """What the request says, less what is drawn anew each time it is made."""
    said = {name: value for name, value in request.items() if name not in {"seed", "signature"}}
    return sha256(canonical.serialise(said)).digest()


def _hold(tables: Connection, seq: int, file: _File) -> None:
    """Keep a file once, however many records name it."""
    blob = file.blob
    row = tables.execute(
        "SELECT blob FROM blobs WHERE sha256 = ? AND media_type = ?", (blob.sha256, blob.media_type)
    ).fetchone()
    if row is None:
        row = tables.execute(
            "INSERT INTO blobs (sha256, media_type, size) VALUES (?, ?, ?) RETURNING blob",
            (blob.sha256, blob.media_type, blob.size),
        ).fetchall()[0]
        tables.execute("INSERT INTO contents VALUES (?, ?)", (row[0], file.data))
    tables.execute("INSERT OR IGNORE INTO uses VALUES (?, ?)", (seq, row[0]))
