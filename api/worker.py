"""What runs beside the requests: anchoring, hourly chores, blobs, oversight, and webhooks.

Threads of one process: in embedded mode the service's own, else `mealtrace worker`. Anchoring
holds its own lease; chores take theirs, so that any number of workers may run. A worker that stops
loses nothing: what is to be done follows from what is stored.
"""

import logging
import secrets
import threading
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from api.installation import Installation, now_ms
from api.metrics import Metrics
from api.overseeing import Overseer
from api.subject_indexing import index_of_day
from api.upkeep import Keeper, Scrubber
from api.webhooks.sender import Sender
from ledger import timestamp
from ledger.errors import LedgerError, RefusedError
from ledger.evidence.draft import prepare
from storage.journal import Denial

if TYPE_CHECKING:
    from anchoring.loop import AnchoringReport

logger = logging.getLogger("mealtrace.worker")

_AGAIN_S: Final = 5.0
_CHORES_EVERY_S: Final = 60.0
_CHORES_LEASE_S: Final = 300.0
_CHORES: Final = "chores"
_NAMESPACE: Final = uuid.UUID("4a3c5f0e-0f0b-5d0a-9a51-6d65616c7472")


class Worker:
    """Runs until it is stopped; `report` is called from a thread of its own."""

    def __init__(
        self,
        installation: Installation,
        *,
        report: Callable[["AnchoringReport"], None] = lambda _: None,
        metrics: Metrics | None = None,
    ) -> None:
        """Nothing runs before `start`; `metrics` counts what is done."""
        self._metrics = metrics or Metrics()
        self._installation = installation
        self._report = report
        self._stop = threading.Event()
        self._holder = secrets.token_hex(8)
        self.keeper = Keeper(installation, self._stop, self._holder)
        self.scrubber = Scrubber(installation, self._stop, self._holder)
        self.overseer = Overseer(installation, self._stop, self._holder)
        sender = Sender(installation, self._stop, self._holder, self._metrics)
        self._threads = [
            threading.Thread(target=self._anchor, name="anchoring", daemon=True),
            threading.Thread(target=self._do_chores, name="chores", daemon=True),
            threading.Thread(target=self.keeper.run, name="blobs", daemon=True),
            threading.Thread(target=self.scrubber.run, name="scrubbing", daemon=True),
            threading.Thread(target=self.overseer.run, name="oversight", daemon=True),
            threading.Thread(target=sender.run, name="webhooks", daemon=True),
        ]

    def start(self) -> None:
        """Start all threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask them to end, and wait until they have."""
        self._stop.set()
        self.join()

    def join(self) -> None:
        """Wait until all have ended."""
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _anchor(self) -> None:
        while not self._stop.is_set():
            try:
                with self._installation.anchoring() as anchoring:
                    if anchoring is None:
                        logger.info(
                            "nothing to anchor with: no chain, or no target of this account"
                        )
                        return
                    anchoring.run(self._stop, report=self._reported)
            except LedgerError as error:
                self._metrics.anchoring_trouble = True
                logger.warning("anchoring cannot begin yet: %s", error)
                self._stop.wait(_AGAIN_S)
            except Exception:
                self._metrics.anchoring_trouble = True
                logger.exception("anchoring failed")
                self._stop.wait(_AGAIN_S)

    def _reported(self, report: "AnchoringReport") -> None:
        self._metrics.anchoring_trouble = bool(report.trouble)
        self._report(report)

    def _do_chores(self) -> None:
        store = self._installation.store
        pause_s = 1.0
        shed = -1
        while not self._stop.wait(pause_s):
            pause_s = _CHORES_EVERY_S
            try:
                if store.anchors.take_lease(_CHORES, self._holder, _CHORES_LEASE_S):
                    post_denials(self._installation)
                    index_of_day(self._installation, now_ms())
                    store.journal.tidy()
                    newest = store.newest("erasure")
                    if newest > shed and store.shed_erased():
                        shed = newest
                    self._metrics.chores["done"] += 1
            except LedgerError as error:
                self._metrics.chores["put-off"] += 1
                logger.warning("chores put off: %s", error)
            except Exception:
                self._metrics.chores["failed"] += 1
                logger.exception("chores failed")
        try:
            store.anchors.drop_lease(_CHORES, self._holder)
        except LedgerError as error:
            logger.info("the chores' lease runs out by itself: %s", error)


def post_denials(installation: Installation) -> int:
    """Record the denied attempts of all hours that are over; how many records there were.

    The id follows from party, type and hour: made again after a crash, the record is a replay.
    """
    this_hour = timestamp.format(now_ms())[:13]
    posted = 0
    for denial in installation.store.journal.denials(this_hour):
        draft = prepare(
            _access_denied(installation, denial),
            submitter=installation.operator,
            ledger=installation.ledger,
            new_seed=secrets.token_bytes(32),
        )
        outcome = installation.store.append([draft])[0]
        if isinstance(outcome, RefusedError):
            logger.error("an access-denied record was refused: %s", outcome)
            continue
        installation.store.journal.forget_denial(denial)
        posted += 1
    return posted


def _access_denied(installation: Installation, denial: Denial) -> dict[str, object]:
    hour = f"{denial.hour}:00:00.000Z"
    name = f"{installation.ledger.hex()} {denial.party} {denial.type} {hour}"
    return {
        "id": str(uuid.uuid5(_NAMESPACE, name)),
        "type": "access-denied",
        "occurred_at": hour,
        "payload": {
            "party": denial.party,
            "type": denial.type,
            "hour": hour,
            "count": denial.count,
        },
    }
