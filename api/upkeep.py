"""The upkeep of blobs, in two threads of the worker: kept and collected, and read again.

    every 5 s      blobs that records name since are locked; what failed before is tried again
    every 10 min   uploads that nobody named in time, and erased blobs whose lock has ended, go
    once a day     objects that no row knows, and halves of uploads, go
    all the time   stored blobs are read and compared, at a bounded rate, from where it stopped

Each thread holds a lease of its own; what a pass has come to is stored, so a restart goes on there.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from api.installation import Installation, now_ms
from api.metrics import Metrics
from ledger.audit.records import blob_finding, named_blobs
from ledger.errors import LedgerError
from storage.store import Store
from storage.upkeep import Counts
from storage.values import Upload

logger = logging.getLogger("mealtrace.upkeep")

_LOCK_EVERY_S: Final = 5.0
_COLLECT_EVERY_S: Final = 600.0
_COUNT_EVERY_S: Final = 60.0
_SWEEP_EVERY_MS: Final = 86_400_000
_DAY_MS: Final = 86_400_000
_LEASE_S: Final = 900.0
_SAVE_EVERY_S: Final = 10.0
_IDLE_S: Final = 30.0


class _StoppedError(Exception):
    """The worker ends while a blob is being read."""


class Keeper:
    """Locks and collects.

    Attributes:
        locked: blobs locked since the start.
        collected: blobs, objects and halves removed since the start.
        counts: as they stood a moment ago.
    """

    def __init__(self, installation: Installation, stop: threading.Event, holder: str) -> None:
        """Runs until `stop` is set; `holder` names this process in leases."""
        self._store, self._settings = installation.store, installation.settings
        self._stop, self._holder = stop, holder
        self._warned = False
        self._collect_at = self._count_at = 0.0
        self.locked = self.collected = 0
        self.counts = Counts(0, 0, 0)

    def run(self) -> None:
        """Work until told to end."""
        while not self._stop.wait(_LOCK_EVERY_S):
            try:
                if self._store.anchors.take_lease("blobs", self._holder, _LEASE_S):
                    self.step()
            except LedgerError as error:
                logger.warning("the upkeep of blobs is put off: %s", error)
            except Exception:
                logger.exception("the upkeep of blobs failed")
        _drop_lease(self._store, "blobs", self._holder)

    def step(self) -> None:
        """Lock what is to be locked; collect if it is time.

        Raises:
            UnavailableError: database or store do not answer; the next step goes on.
        """
        locks = self._locks()
        if locks:
            self._lock()
        if time.monotonic() >= self._collect_at:
            self.collect()
            self._collect_at = time.monotonic() + _COLLECT_EVERY_S
        if time.monotonic() >= self._count_at:
            self.counts = self._store.upkeep.counts(locks=locks)
            self._count_at = time.monotonic() + _COUNT_EVERY_S

    def _locks(self) -> bool:
        settings = self._settings
        return settings.s3_endpoint is not None and settings.s3_lock != "none"

    def _lock(self) -> None:
        if self._warned:
            return
        keep_ms = self._settings.s3_lock_days * _DAY_MS
        while not self._stop.is_set():
            done = self._store.upkeep.lock(keep_ms)
            if done is None:
                self._warned = True
                logger.warning(
                    "the bucket %s has no object lock: whoever may write to it can remove blobs "
                    "that records name; make a bucket with object lock (mealtrace init does)",
                    self._settings.s3_bucket,
                )
                return
            self.locked += done
            if not done:
                return

    def collect(self) -> None:
        """Remove what nobody named in time, and what erasures left; once a day what no row knows.

        Raises:
            RolledBackError: the database lies behind what was released. Who names what then stands
                in rows that are to be put back, and nothing is removed.
        """
        self._store.head()
        upkeep = self._store.upkeep
        delay_ms = int(self._settings.orphan_days * _DAY_MS)
        while not self._stop.is_set():
            gone = upkeep.collect(delay_ms)
            self.collected += gone
            if not gone:
                break
        self.collected += upkeep.collect_erased()
        if now_ms() - int(upkeep.chore("sweep").get("at_ms", 0)) >= _SWEEP_EVERY_MS:
            swept = upkeep.sweep(delay_ms)
            upkeep.set_chore("sweep", {"at_ms": now_ms(), "removed": swept})
            self.collected += swept


class Scrubber:
    """Reads blobs again and says which are lost.

    Attributes:
        blobs: read since the start.
        bytes: of them.
    """

    def __init__(self, installation: Installation, stop: threading.Event, holder: str) -> None:
        """Runs until `stop` is set; `holder` names this process in leases."""
        self._store, self._settings = installation.store, installation.settings
        self._stop, self._holder = stop, holder
        self._saved_s = 0.0
        self.blobs = self.bytes = 0

    def run(self) -> None:
        """Work until told to end."""
        while self._settings.scrub_bytes_per_s and not self._stop.wait(1.0):
            try:
                if not self._store.anchors.take_lease("scrub", self._holder, _LEASE_S):
                    self._stop.wait(_IDLE_S)
                elif not self.step():
                    self._stop.wait(min(_IDLE_S, self._settings.scrub_every_s))
            except LedgerError as error:
                logger.warning("reading blobs again is put off: %s", error)
                self._stop.wait(_IDLE_S)
            except Exception:
                logger.exception("reading blobs again failed")
                self._stop.wait(_IDLE_S)
        _drop_lease(self._store, "scrub", self._holder)

    def step(self) -> bool:
        """Some blobs more, or the start of a pass; whether there was anything to do.

        Raises:
            UnavailableError: database or store do not answer; the pass stays where it is.
        """
        upkeep = self._store.upkeep
        state = upkeep.chore("scrub")
        if "after" not in state:
            if now_ms() - int(state.get("began_ms", 0)) < self._settings.scrub_every_s * 1000:
                return False
            state = {"after": "", "began_ms": now_ms(), "blobs": 0, "bytes": 0, "damaged": 0}
        found = upkeep.next_to_check(state["after"])
        try:
            for upload, mac in found:
                fault = upkeep.check(upload, mac, self._pause)
                state["after"] = upload.id
                state["blobs"] += 1
                state["bytes"] += upload.size
                self.blobs += 1
                if fault is not None:
                    state["damaged"] += 1
                    self._report(upload, fault)
                if time.monotonic() - self._saved_s > _SAVE_EVERY_S:
                    self._save(state)
        except _StoppedError:
            found = [found[0]] if found else []  # the pass is not over
        if not found:
            del state["after"]
            logger.info(
                "%d blobs (%d bytes) were read again, %d of them damaged",
                state["blobs"], state["bytes"], state["damaged"],
            )  # fmt: skip
        self._save(state)
        return bool(found)

    def _save(self, state: dict[str, int | str]) -> None:
        self._store.upkeep.set_chore("scrub", state)
        self._store.anchors.take_lease("scrub", self._holder, _LEASE_S)
        self._saved_s = time.monotonic()

    def _pause(self, size: int) -> None:
        self.bytes += size
        if self._stop.wait(size / self._settings.scrub_bytes_per_s):
            raise _StoppedError

    def _report(self, upload: Upload, fault: str) -> None:
        """In the words of an audit, without the digest."""
        for index in self._store.uploads.used_by(upload.id) or (None,):
            if index is None:
                logger.error("upload %s, which no record names, is damaged: %s", upload.id, fault)
                continue
            finding = blob_finding(index, "", self._role(index, upload), None, fault)
            assert finding is not None
            logger.error("upload %s: %s / %s", upload.id, finding.en, finding.zh)

    def _role(self, index: int, upload: Upload) -> str:
        """In which role a record names an upload, as far as its payload can be read."""
        used = {
            bytes(mac)
            for _, named, mac in self._store.uploads.named_in(index, index + 1)
            if named.id == upload.id
        }
        mac = self._store.sealer.mac
        for row in self._store.audit_rows(index, index + 1):
            for blob in named_blobs(row):
                if mac("blob", blob["sha256"]) in used:
                    return str(blob["role"])
        return "file"


def count_upkeep(metrics: Metrics, keeper: Keeper, scrubber: Scrubber) -> None:
    """Give metrics the numbers of both; what is stored is as of a minute ago."""
    numbers: dict[str, tuple[str, Callable[[], int]]] = {
        "unlocked": ("Blobs named by records and not locked", lambda: keeper.counts.unlocked),
        "unnamed": ("Uploads named by no record", lambda: keeper.counts.unnamed),
        "damaged": ("Blobs found missing or altered", lambda: keeper.counts.damaged),
        "locked_since_start": ("Blobs locked", lambda: keeper.locked),
        "removed_since_start": ("Uploads and stray objects removed", lambda: keeper.collected),
        "scrubbed_since_start": ("Blobs read again", lambda: scrubber.blobs),
        "scrubbed_bytes_since_start": ("Bytes of them", lambda: scrubber.bytes),
    }
    for name, (help_text, read) in numbers.items():
        metrics.gauge(f"mealtrace_blobs_{name}", help_text, partial(_as_float, read))


def _as_float(read: Callable[[], int]) -> float:
    return float(read())


def _drop_lease(store: Store, name: str, holder: str) -> None:
    try:
        store.anchors.drop_lease(name, holder)
    except LedgerError as error:
        logger.info("the lease %s runs out by itself: %s", name, error)
