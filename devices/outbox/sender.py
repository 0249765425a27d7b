"""Sends what waits in an outbox: files first, then the records that name them, in their order.

    waiting → files uploaded → batch → receipts checked → settled in one transaction

After any failure it waits, longer each time, and goes on where it stood: what the service has
acknowledged is not uploaded again, and what it has stored already comes back as a replay.
"""

import logging
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal, Protocol

from devices.client import Outgoing, ProblemError, TrustedLog
from devices.outbox import verdicts
from devices.outbox.contact import Contact
from devices.outbox.database import Alone, DiskError
from devices.outbox.held import HeldFile, Waiting
from devices.outbox.line import Heard, Line
from devices.outbox.pace import Draw, Pace, Throttle, draw_uniformly
from devices.outbox.queue import Queue
from ledger.errors import LedgerError, NotFoundError, UnavailableError

Reason = Literal["", "network", "insecure", "refused", "speaker", "untrusted", "disk", "fault"]
_log = logging.getLogger(__name__)
_TIDY_S: Final = 3600.0
_ACCEPTED: Final = "accepted"
_OF_THE_FILE: Final = frozenset({400, 413, 415, 422})
_OF_TLS: Final = re.compile(r"\[SSL: (?!UNEXPECTED_EOF)")
"""How OpenSSL begins what it says; an end in the middle is a cut network."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How sending goes.

    Attributes:
        reason: why it waits: the network or the service fails; the connection is `insecure`, its
            certificate not to be trusted; the service `refused` whatever is sent, for the token's
            sake for instance; it takes nothing from this `speaker`, whose key or role is not
            registered, or revoked; its answers are `untrusted`; the disk; a `fault` of this
            program. "": it does not.
        detail: the same in a sentence.
        failures: in a row.
        next_at_ms: when it tries again, since 1970; None: now.
        heard_at_ms: when the service last answered, since 1970; None: not in this process.
        sent: records, in this process.
    """

    reason: Reason = ""
    detail: str = ""
    failures: int = 0
    next_at_ms: int | None = None
    heard_at_ms: int | None = None
    sent: int = 0


class Stop(Protocol):
    """Told when to end; `threading.Event` is one."""

    def is_set(self) -> bool:
        """Whether it is time."""
        ...

    def wait(self, timeout: float | None = None) -> bool:
        """Wait so many seconds, or until it is time; whether it is."""
        ...


class Sender:
    """Sends from one outbox, and is the only one that does.

    Attributes:
        state: how it goes, as of now; another thread may read it.
    """

    def __init__(
        self,
        queue: Queue,
        url: str,
        token: str | None,
        *,
        log: TrustedLog,
        party: str,
        kid: str | None = None,
        pace: Pace | None = None,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = 30.0,
        heard: Heard | None = None,
        draw: Draw = draw_uniformly,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is sent yet; `kid` names the key that signs now, where one does.

        Raises:
            ConflictError: another process sends from this outbox.
            MalformedError: an address or token that can be none.
        """
        self.state = Sending()
        self._queue = queue
        self._kid = kid
        self._pace = pace or Pace()
        self._told = heard
        self._draw = draw
        self._now_s = now_s
        self._records = Throttle(self._pace.records_per_s, now_s())
        self._bytes = Throttle(self._pace.bytes_per_s, now_s())
        self._most = self._pace.batch_records
        self._tidy_at_s = now_s()
        self._accepted = queue.recall(_ACCEPTED) is not None
        self._line = Line(
            url, token, log=log, party=party, heard=self._heard, tls=tls, timeout_s=timeout_s
        )
        try:
            self._alone = Alone(queue.folder)
        except BaseException:
            self._line.close()
            raise

    def close(self) -> None:
        """Let another process send."""
        self._line.close()
        self._alone.release()

    def run(self, stop: Stop) -> None:
        """Send whatever comes, until told to stop."""
        while not stop.is_set():
            if not self.step(stop):
                self._queue.wait_for_more(self._pace.idle_s)

    def step(self, stop: Stop) -> bool:
        """Send one batch, or wait after a failure; False: nothing waits to be sent."""
        try:
            batch = self._queue.waiting(self._most, self._pace.batch_bytes)
            if batch:
                self._send(batch, stop)
            self._tidy()
        except LedgerError as error:
            self._wait_after(error, stop)
            return True
        except Exception as error:  # noqa: BLE001 - one bad answer must not end it for good
            _log.exception("sending failed")
            self._wait_after(error, stop)
            return True
        self.state = replace(self.state, reason="", detail="", failures=0, next_at_ms=None)
        return bool(batch)

    def _send(self, batch: list[Waiting], stop: Stop) -> None:
        ready = self._upload(batch, stop)
        if not ready or stop.is_set():
            return
        outcome = self._line.send_many([Outgoing(one.id, one.body) for one in ready])
        found = verdicts.of(ready, outcome.results, accepted=self._accepted, kid=self._kid)
        self._queue.settle(sent=found.sent, refused=found.refused, lost=found.lost)
        self.state = replace(self.state, sent=self.state.sent + len(found.sent))
        if found.sent and not self._accepted:
            self._queue.remember({_ACCEPTED: b"1"})
            self._accepted = True
        if found.held is not None:
            raise _HeldError(found.held)
        if outcome.error is not None:
            self._whole_batch_failed(ready, outcome.error)
        else:
            self._most = min(self._pace.batch_records, self._most * 2)
        stop.wait(self._records.take(len(ready), self._now_s()))

    def _whole_batch_failed(self, batch: list[Waiting], error: LedgerError) -> None:
        if not isinstance(error, ProblemError) or error.code != "too-large":
            raise error
        if len(batch) > 1:
            self._most = max(1, len(batch) // 2)
        else:
            self._queue.settle(refused=[(batch[0].seq, error)])

    def _upload(self, batch: list[Waiting], stop: Stop) -> list[Waiting]:
        """Upload what the service has not acknowledged; the records that may be sent then."""
        done: dict[int, HeldFile] = {}
        ready: list[Waiting] = []
        try:
            for record in batch:
                try:
                    for file in record.files:
                        if stop.is_set():
                            return []
                        if not file.uploaded and file.number not in done:
                            self._upload_one(file, stop)
                            done[file.number] = file
                except ProblemError as problem:
                    if problem.status not in _OF_THE_FILE or problem.retry:
                        raise
                    self._queue.settle(refused=[(record.seq, problem)])
                except NotFoundError:
                    continue  # a person dropped the record meanwhile
                else:
                    ready.append(record)
        finally:
            if done:
                self._queue.uploaded(done.values())
        return ready

    def _upload_one(self, file: HeldFile, stop: Stop) -> None:
        data = self._queue.content(file)
        self._line.upload(data, file.media_type)
        stop.wait(self._bytes.take(len(data), self._now_s()))

    def _wait_after(self, error: Exception, stop: Stop) -> None:
        failures = self.state.failures + 1
        asked_s = float(error.retry_after_s) if isinstance(error, UnavailableError) else 0.0
        wait_s = self._pace.wait_s(failures, asked_s, self._draw())
        self.state = replace(
            self.state,
            reason=_reason(error),
            detail=str(error),
            failures=failures,
            next_at_ms=time.time_ns() // 1_000_000 + round(wait_s * 1000),
        )
        stop.wait(wait_s)

    def _tidy(self) -> None:
        if self._now_s() >= self._tidy_at_s:
            self._queue.tidy()
            self._tidy_at_s = self._now_s() + _TIDY_S

    def _heard(self, contact: Contact) -> None:
        self.state = replace(self.state, heard_at_ms=time.time_ns() // 1_000_000)
        if self._told is not None:
            self._told(contact)


class _HeldError(LedgerError):
    """Nothing is taken from this speaker now."""

    def __init__(self, problem: ProblemError) -> None:
        super().__init__(str(problem))


def _reason(error: Exception) -> Reason:
    if isinstance(error, DiskError):
        return "disk"
    if isinstance(error, UnavailableError):
        return "insecure" if _OF_TLS.search(str(error)) else "network"
    if isinstance(error, _HeldError):
        return "speaker"
    if isinstance(error, ProblemError):
        return "refused"
    return "untrusted" if isinstance(error, LedgerError) else "fault"
