"""What is looked up for `/metrics` rather than counted: the log's size, its anchors, its duties.

A thread of its own looks every ten seconds, so that a scrape waits for no database, and a database
that hangs hides no other number. What could not be looked up for long is left out: an alert on a
number that is gone, or old, is better than one that is kept quiet by it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from api.installation import Installation
from api.metrics import Metrics, serve
from ledger.errors import LedgerError
from storage.watch import DUTIES, Watch, Watched

logger = logging.getLogger("mealtrace.watching")

EVERY_S: Final = 10.0
STALE_S: Final = 60.0


class Watching:
    """Looks at the log until it is stopped; `families` belong into `metrics.Metrics.more`."""

    def __init__(
        self,
        watch: Watch,
        ask_blobs: Callable[[], None],
        *,
        anchored: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing runs before `start`.

        Args:
            watch: looks at the database.
            ask_blobs: raises where the blob store does not answer.
            anchored: whether the log has a chain at all.
            clock: in seconds, never backwards.
        """
        self._watch = watch
        self._ask_blobs = ask_blobs
        self._anchored = anchored
        self._clock = clock
        self._blobs_answer = False
        self._stop = threading.Event()
        self._seen: Watched | None = None
        self._seen_at_s = float("-inf")
        self._thread = threading.Thread(target=self._run, name="watching", daemon=True)

    def start(self) -> None:
        """Look, and go on looking."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look that hangs is not waited for."""
        self._stop.set()
        self._thread.join(1.0)

    def look(self) -> None:
        """One look."""
        try:
            self._ask_blobs()
            self._blobs_answer = True
        except LedgerError as error:
            logger.debug("the blob store was asked: %s", error)
            self._blobs_answer = False
        try:
            self._seen = self._watch.look()
            self._seen_at_s = self._clock()
        except LedgerError as error:
            logger.debug("nothing seen: %s", error)

    def families(self) -> Iterator[Metric]:
        """What was seen last, as Prometheus families."""
        yield CounterMetricFamily(
            "mealtrace_database_failures",
            "Statements and connections that the database did not answer",
            value=self._watch.failures,
        )
        yield GaugeMetricFamily(
            "mealtrace_blob_store_up",
            "Whether the blob store answered when asked last",
            value=float(self._blobs_answer),
        )
        seen = self._seen
        if seen is None or self._clock() - self._seen_at_s > STALE_S:
            return
        yield from _gauges(
            ("mealtrace_log_entries", "Entries of the log", seen.size),
            ("mealtrace_newest_entry_age_seconds", "Age of the newest entry", seen.entry_age_s),
            (
                "mealtrace_backup_age_seconds",
                "Since the newest backup of this log, or since genesis without one",
                seen.backup_age_s,
            ),
        )
        yield from _gauges(
            (
                "mealtrace_webhook_pending",
                "Warnings on their way to receivers",
                seen.webhooks_pending,
            ),
            (
                "mealtrace_webhook_oldest_seconds",
                "Since when the oldest of them is on its way, 0 without one",
                seen.webhooks_oldest_s,
            ),
            (
                "mealtrace_webhook_dead",
                "Warnings that no receiver took, of the last 30 days",
                seen.webhooks_dead,
            ),
        )
        if self._anchored:
            yield from _anchoring(seen)
        leases = GaugeMetricFamily(
            "mealtrace_lease_seconds",
            "Seconds that the lease of what one process does for all still holds; negative: nobody",
            labels=("lease",),
        )
        for lease, left_s in _by_kind(seen).items():
            leases.add_metric((lease,), left_s)
        yield leases
        duties = GaugeMetricFamily(
            "mealtrace_duty_age_seconds",
            f"Since the newest record of a type that is due from time to time: {', '.join(DUTIES)}",
            labels=("type",),
        )
        for kind, age_s in seen.duty_age_s.items():
            duties.add_metric((kind,), age_s)
        yield duties

    def _run(self) -> None:
        self.look()
        while not self._stop.wait(EVERY_S):
            self.look()


@contextmanager
def scraped(metrics: Metrics, installation: Installation) -> Iterator[None]:
    """`/metrics` on the settings' port, with what is looked up of the log, until the block ends."""
    settings, store = installation.settings, installation.store
    assert settings.metrics_port is not None
    watching = Watching(Watch(store.engine), store.uploads.check, anchored=settings.chain != "none")
    metrics.more.append(watching.families)
    watching.start()
    server = serve(metrics, settings.metrics_host, settings.metrics_port)
    try:
        yield
    finally:
        server.stop()
        watching.stop()


def _anchoring(seen: Watched) -> Iterator[Metric]:
    yield from _gauges(
        ("mealtrace_anchored_entries", "Entries under a mined anchor", seen.anchored_size),
        (
            "mealtrace_anchor_lag_records",
            "Entries under no mined anchor",
            seen.size - seen.anchored_size,
        ),
        (
            "mealtrace_anchor_lag_seconds",
            "Age of the oldest entry under no mined anchor, 0 without one",
            seen.unanchored_age_s,
        ),
    )
    anchors = GaugeMetricFamily(
        "mealtrace_open_anchors", "Anchors that are not final, by state", labels=("state",)
    )
    for state, count in seen.anchors.items():
        anchors.add_metric((state,), count)
    yield anchors


def _gauges(*told: tuple[str, str, float]) -> Iterator[Metric]:
    for name, about, value in told:
        yield GaugeMetricFamily(name, about, value=value)


def _by_kind(seen: Watched) -> dict[str, float]:
    """The first word of a lease's name says what it is for; of several, the one that holds longest."""
    found: dict[str, float] = {}
    for name, left_s in seen.leases.items():
        kind = name.split(" ", 1)[0]
        found[kind] = max(left_s, found.get(kind, left_s))
    return found
