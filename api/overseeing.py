"""Oversight beside the requests: the log is followed, what is found is posted (DESIGN §2.10).

    stored position → records and timers told to the rule families → saved → findings posted
         ↑                                                                        │
         └───────────────────────── they are records of the log ──────────────────┘

It begins once a policy of some rule family stands in the log, from entry 0 on. A process that ends,
however it ends, leaves a position and what belongs to it; the next goes on there. Whatever is in the
way, the log takes records all the same: oversight is behind, and says by how much.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from api.govern import say
from api.installation import Installation, now_ms
from api.metrics import Metrics
from api.uncollected import uncollected
from devices.client.keys import SigningKey
from ledger import entry as entries
from ledger import timestamp
from ledger.encoding import b64url
from ledger.errors import ConflictError, LedgerError, RefusedError, VerificationError
from ledger.evidence.draft import Draft, prepare, signable
from ledger.oversight import policies
from ledger.oversight.engine import Engine
from ledger.oversight.families import FAMILIES, LISTS, VERSION
from ledger.oversight.family import Family
from storage.oversight import Position

logger = logging.getLogger("mealtrace.oversight")

Stored = TypeVar("Stored")

ENGINE_KEY: Final = "engine.jwk"
_LEASE: Final = "oversight"
_LEASE_S: Final = 60.0
_IDLE_S: Final = 2.0
_AGAIN_S: Final = 10.0
_STRETCH: Final = 2_000
"""Records read at once."""

_STRETCHES: Final = 25
"""Read one after the other before what followed is saved, where the log is that far ahead."""

_POSTED: Final = 500
_CACHED: Final = 200_000
"""Keys of state kept in memory between stretches."""


class Overseer:
    """Follows one log; one thread uses it.

    Attributes:
        behind: entries that were not told yet, a moment ago.
        found: findings posted since the start.
    """

    def __init__(
        self,
        installation: Installation,
        stop: threading.Event,
        holder: str,
        *,
        families: Sequence[Family] = (*FAMILIES, *LISTS),
        version: str = VERSION,
    ) -> None:
        """Runs until `stop` is set; `holder` names this process in leases."""
        self._installation, self.store = installation, installation.store
        self._stop, self._holder = stop, holder
        self._families, self._version = families, version
        self._engine: Engine | None = None
        self._position: Position | None = None
        self._looked_at = -1
        self._wanted = False
        self.behind = self.found = 0

    @property
    def party(self) -> str:
        """Who posts what is found."""
        return f"{self._installation.operator}~engine"

    def run(self) -> None:
        """Work until told to end."""
        pause_s = _IDLE_S
        while not self._stop.wait(pause_s):
            pause_s = _IDLE_S
            try:
                if not self.store.anchors.take_lease(_LEASE, self._holder, _LEASE_S):
                    self._engine = None
                elif self.step():
                    pause_s = 0.0
            except LedgerError as error:
                logger.warning("oversight is put off: %s", error)
                self._engine = None
                pause_s = _AGAIN_S
            except Exception:
                logger.exception("oversight failed")
                self._engine = None
                pause_s = _AGAIN_S
        try:
            self.store.anchors.drop_lease(_LEASE, self._holder)
        except LedgerError as error:
            logger.info("the lease of oversight runs out by itself: %s", error)

    def step(self) -> bool:
        """A stretch more of the log, and findings that wait; whether there is more to do at once.

        Raises:
            ConflictError: another process follows the log.
            UnavailableError: the database does not answer; the next step goes on from what is stored.
        """
        if not self._policy_stands():
            return False
        engine = self._opened()
        with uncollected():
            told = self._tell(engine)
            if not told:
                self._let_time_pass(engine)
            self._save(engine)
        posted = self._post()
        self.behind = max(0, self.store.head().size - engine.size)
        return bool(told or posted)

    def catch_up(self) -> None:
        """Go on until nothing more follows from the log as it stands."""
        while self.step():
            pass

    def _policy_stands(self) -> bool:
        """Whether the log has a policy of some family: without one nothing is followed."""
        newest = -1 if self._wanted else self.store.newest(policies.TYPE)
        if newest > self._looked_at:
            names = {family.name for family in self._families}
            for data in self.store.open_of(policies.TYPE, above=self._looked_at):
                opened = entries.parse(data).open
                assert opened is not None
                self._wanted |= opened.payload["name"] in names
            self._looked_at = newest
        return self._wanted

    def _opened(self) -> Engine:
        if self._engine is not None:
            return self._engine
        oversight = self.store.oversight
        try:
            position = self._remembered(oversight.position)
        except ConflictError as error:
            logger.warning("%s", error)
            position = None
        if position is not None and position.rules != self._version:
            logger.info("the rules are others than were followed: all is derived again")
            oversight.forget()
            position = None
        installation = self._installation
        self._position = position
        self._engine = Engine(
            self._families,
            ledger=installation.ledger.hex(),
            zone=installation.genesis.time_zone,
            read=lambda keys: self._remembered(lambda: oversight.read(keys)),
            lookup=oversight.record,
            size=0 if position is None else position.size,
            now="" if position is None else position.now,
            timers=oversight.timers(),
        )
        return self._engine

    def _remembered(self, read: Callable[[], Stored]) -> Stored:
        """What is stored, as `read` gives it.

        Raises:
            ConflictError: it was altered, and is dropped: the next step begins with entry 0.
        """
        try:
            return read()
        except VerificationError as error:
            self.store.oversight.forget()
            self._engine = None
            raise ConflictError(
                f"what oversight remembers is dropped, and derived from the log again: {error}"
            ) from error

    def _tell(self, engine: Engine) -> int:
        told = 0
        for _ in range(_STRETCHES):
            start = engine.size
            records = self.store.oversight.records(start, start + _STRETCH, engine.reads)
            engine.prefetch(records)
            for seen in records:
                engine.step(seen)
            told += len(records)
            if len(records) < _STRETCH or self._stop.is_set():
                break
        return told

    def _let_time_pass(self, engine: Engine) -> None:
        """The log is silent: what was to happen until now happens."""
        timer = engine.next_timer
        if timer is not None and timer < timestamp.format(now_ms()):
            size, until = self.store.oversight.horizon()
            if size == engine.size:
                engine.advance(until)

    def _save(self, engine: Engine) -> None:
        changes = engine.take_changes()
        if changes.findings:
            # Where all is derived again the log holds nearly all of them: they need not be kept.
            known = self.store.oversight.in_log([one.id for one in changes.findings])
            changes.findings = [one for one in changes.findings if one.id not in known]
        before = self._position
        if before is not None and before.size == changes.size and changes.empty:
            return
        after = Position(changes.size, engine.now, self._version)
        try:
            self._position = self.store.oversight.save(before, after, changes)
        except ConflictError:
            self._engine = None
            raise
        engine.forget_cache(_CACHED)

    def _post(self) -> int:
        """Findings that wait; how many the log holds now."""
        oversight = self.store.oversight
        waiting = self._remembered(lambda: oversight.to_post(_POSTED))
        if not waiting:
            return 0
        known = oversight.in_log([str(request["id"]) for request in waiting])
        fresh = [request for request in waiting if request["id"] not in known]
        done = list(known)
        if fresh:
            key = self._key()
            drafts, ids = [], []
            for request in fresh:
                try:
                    drafts.append(self._draft(request, key))
                    ids.append(str(request["id"]))
                except RefusedError as error:
                    self._refused(str(request["id"]), error)
            for record_id, outcome in zip(ids, self.store.append(drafts), strict=True):
                if isinstance(outcome, RefusedError):
                    self._refused(record_id, outcome)
                else:
                    done.append(record_id)
                    self.found += 1
        oversight.posted(done)
        return len(done)

    def _draft(self, request: dict[str, Any], key: SigningKey) -> Draft:
        seed = secrets.token_bytes(32)
        whole = {**request, "issuer": self.party, "seed": b64url(seed)}
        ledger = self._installation.ledger
        ready = signable(whole, submitter=self.party, ledger=ledger, new_seed=seed)
        signed = {**ready.request, "signature": key.sign(ready.statement)}
        return prepare(signed, submitter=self.party, ledger=ledger, new_seed=seed)

    def _refused(self, record_id: str, error: RefusedError) -> None:
        logger.error("the log refused the finding %s: %s", record_id, error)
        self.store.oversight.refused(record_id, str(error))

    def _key(self) -> SigningKey:
        """The engine's key: made and registered by the operator when it is needed first.

        Raises:
            ConflictError: the engine's party has a valid key that is not in the key folder.
        """
        path = self._installation.settings.keys_dir / ENGINE_KEY
        known = self.store.registry().standing.keys
        valid = {
            kid for kid, one in known.items() if one.party == self.party and one.revoked_at is None
        }
        if path.exists():
            key = SigningKey.load(path)
            if key.kid in valid:
                return key
            if key.kid in known:
                path.unlink()  # revoked: its signatures count no more
        if valid:
            raise ConflictError(
                f"{self.party} has a key that is not in {path}: put it there, or revoke it"
            )
        if not path.exists():
            SigningKey.generate().save(path)
        key = SigningKey.load(path)
        payload = {
            "party": self.party,
            "jwk": key.public_jwk,
            "possession": key.possession(self._installation.ledger, self.party),
        }
        say(self._installation, "key-registration", payload, issuer=self._installation.operator)
        return key


def count_oversight(metrics: Metrics, overseer: Overseer) -> None:
    """Give metrics the numbers of oversight."""
    oversight = overseer.store.oversight
    metrics.gauge(
        "mealtrace_oversight_behind_entries",
        "Entries that oversight has not read yet",
        lambda: float(overseer.behind),
    )
    metrics.gauge(
        "mealtrace_oversight_findings_waiting",
        "Findings that are still to be posted",
        lambda: float(oversight.waiting()[0]),
    )
    metrics.gauge(
        "mealtrace_oversight_findings_refused",
        "Findings that the log refused",
        lambda: float(oversight.waiting()[1]),
    )
    metrics.gauge(
        "mealtrace_oversight_found_since_start",
        "Findings posted",
        lambda: float(overseer.found),
    )
