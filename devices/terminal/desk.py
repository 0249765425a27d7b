"""Takes a check in: known or new, who it is, on record, and only then answered.

Check  →  noted  →  person and certificate  →  Observation  →  Sink.keep  →  record id
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from devices.gateway.driver import Sink
from devices.local.people import People
from devices.terminal import records
from devices.terminal.check import Check
from devices.terminal.seen import Seen
from devices.terminal.verdict import Rule, day_of
from ledger.errors import LedgerError

_AHEAD_MS: Final = 366 * 86_400_000


class NotTakenError(LedgerError):
    """A check that is not on record.

    Attributes:
        code: `staff-unknown`, `certificate-unknown`, `terminal-unknown`, `time-impossible`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Post:
    """Where a terminal stands.

    Attributes:
        device: its subject.
        code: what it calls itself.
        canteen: whose staff it checks.
        zone: of its clock.
        rule: what makes unfit.
    """

    device: str
    code: str
    canteen: str
    zone: ZoneInfo
    rule: Rule = Rule()  # noqa: RUF009 - frozen


class Desk:
    """One terminal's checks; `take` may be called by several threads."""

    def __init__(
        self, post: Post, people: People, seen: Seen, sink: Sink, now_ms: Callable[[], int]
    ) -> None:
        self._post = post
        self._people = people
        self._seen = seen
        self._sink = sink
        self._now_ms = now_ms
        self._lock = threading.Lock()

    def take(self, check: Check) -> str:
        """The id of the check's record, which is signed and on disk; the same one for a retry.

        Raises:
            NotTakenError: nobody can say who it was, or which certificate is in force. Nothing is
                kept; the terminal holds the check and asks again.
            ConflictError: another check came under the same number, or of the same person at the
                same time.
            RefusedError, UnavailableError: as `Sink.keep`.
        """
        post = self._post
        if check.terminal != post.code:
            raise NotTakenError("terminal-unknown", f"this post is {post.code}'s")
        with self._lock:  # a terminal that asks twice at once is one check
            now_ms = self._now_ms()
            if abs(check.checked_at_ms - now_ms) > 10 * _AHEAD_MS:
                raise NotTakenError("time-impossible", "checked ten years from now")
            day = day_of(check, now_ms, post.zone)
            member = self._people.find(check.code, day)
            if member is None:
                raise NotTakenError("staff-unknown", "nobody is known by this number")
            if member.health_certificate is None:
                raise NotTakenError("certificate-unknown", "no health certificate is on record")
            known = self._seen.note(check, now_ms)
            if known.record is not None:
                return known.record
            observation = records.observation(
                check,
                member,
                device=post.device,
                canteen=post.canteen,
                received_ms=known.received_ms,
                source_ref=self._seen.key(check).hex()[:32],
                rule=post.rule,
                zone=post.zone,
            )
            record = self._sink.keep(observation)
            self._seen.done(check, record)
            return record
