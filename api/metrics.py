"""What the service counts about itself, kept in plain numbers and shown to Prometheus on demand.

Requests are counted in dictionaries and only turned into Prometheus families when somebody asks:
a labelled counter's lock and lookup would cost more than the rest of the request's bookkeeping.
Everything is counted on the event loop's thread; the scraping thread reads a copy.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_RECORDS: Final = tuple(float(2**power) for power in range(11))


@dataclass(slots=True)
class Histogram:
    """Counts below given bounds, and their sum."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Cumulative counts, as Prometheus wants them."""
        rows: list[tuple[str, float]] = []
        running = 0
        for bound, count in zip((*map(str, self.bounds), "+Inf"), self.counts, strict=True):
            running += count
            rows.append((bound, running))
        return rows


class Metrics(Collector):
    """The numbers of one process."""

    def __init__(self) -> None:
        self.requests: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self.durations: defaultdict[str, Histogram] = defaultdict(lambda: Histogram(_SECONDS))
        self.records: defaultdict[str, int] = defaultdict(int)
        self.transaction_s = Histogram(_SECONDS)
        self.transaction_records = Histogram(_RECORDS)
        self.append_s = Histogram(_SECONDS)
        self.queue_full = 0
        self.blob_bytes: defaultdict[str, int] = defaultdict(int)
        self.chores: defaultdict[str, int] = defaultdict(int)
        self.webhook_attempts: defaultdict[str, int] = defaultdict(int)
        self.anchoring_trouble: bool | None = None
        self.gauges: dict[str, tuple[str, Callable[[], float]]] = {}
        self.counters: dict[str, tuple[str, str, Callable[[], Mapping[str, int]]]] = {}
        self.more: list[Callable[[], Iterator[Metric]]] = []
        self._counts("mealtrace_records", "Records by what became of them", "outcome", self.records)
        self._counts(
            "mealtrace_blob_bytes", "Bytes of files taken in and handed out", "way", self.blob_bytes
        )
        self._counts("mealtrace_chores", "Rounds of hourly chores", "outcome", self.chores)
        self._counts(
            "mealtrace_webhook_attempts",
            "Requests to receivers of warnings; dead: warnings given up",
            "outcome",
            self.webhook_attempts,
        )

    def request(self, method: str, route: str, status: int, duration_s: float) -> None:
        """One answered request; `route` is the path's template, never the path."""
        self.requests[method, route, status] += 1
        self.durations[route].observe(duration_s)

    def transaction(self, records: int, duration_s: float) -> None:
        """One append transaction, as the batcher saw it."""
        self.transaction_records.observe(records)
        self.transaction_s.observe(duration_s)

    def counter(
        self, name: str, help_text: str, label: str, read: Callable[[], Mapping[str, int]]
    ) -> None:
        """Running counts by one label, looked up when scraped; as `gauge`."""
        self.counters[name] = (help_text, label, read)

    def _counts(self, name: str, help_text: str, label: str, counts: Mapping[str, int]) -> None:
        self.counter(name, help_text, label, lambda: counts)

    def gauge(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """A number that is looked up when scraped; `read` must be quick and must not raise."""
        self.gauges[name] = (help_text, read)

    def collect(self) -> Iterator[Metric]:
        """Everything, as Prometheus families."""
        requests = CounterMetricFamily(
            "mealtrace_requests", "Requests answered", labels=("method", "route", "status")
        )
        for (method, route, status), count in list(self.requests.items()):
            requests.add_metric((method, route, str(status)), count)
        yield requests
        durations = HistogramMetricFamily(
            "mealtrace_request_seconds", "Time to the end of the answer", labels=("route",)
        )
        for route, histogram in list(self.durations.items()):
            durations.add_metric((route,), histogram.buckets(), histogram.total)
        yield durations
        for name, (help_text, label, counts) in self.counters.items():
            counter = CounterMetricFamily(name, help_text, labels=(label,))
            for value, count in list(counts().items()):
                counter.add_metric((value,), count)
            yield counter
        yield CounterMetricFamily(
            "mealtrace_queue_full",
            "Requests refused, for the queue was full",
            value=self.queue_full,
        )
        for name, help_text, histogram in (
            (
                "mealtrace_append_seconds",
                "From a request's records in the queue to its answer",
                self.append_s,
            ),
            ("mealtrace_transaction_seconds", "Append transactions", self.transaction_s),
            ("mealtrace_transaction_records", "Records a transaction", self.transaction_records),
        ):
            yield HistogramMetricFamily(
                name, help_text, buckets=histogram.buckets(), sum_value=histogram.total
            )
        for name, (help_text, read) in self.gauges.items():
            yield GaugeMetricFamily(name, help_text, value=read())
        if self.anchoring_trouble is not None:
            yield GaugeMetricFamily(
                "mealtrace_anchoring_trouble",
                "1 while this process cannot anchor; its log says why",
                value=float(self.anchoring_trouble),
            )
        for families in self.more:
            yield from families()


@dataclass(frozen=True, slots=True)
class MetricsServer:
    """`/metrics` on a port of its own, in a thread of its own.

    Attributes:
        port: where it listens.
        stop: ends it; blocks until its thread is gone.
    """

    port: int
    stop: Callable[[], None]


def serve(metrics: Metrics, host: str, port: int) -> MetricsServer:
    """Answer scrapes of `metrics`; port 0 takes a free one."""
    registry = CollectorRegistry()
    registry.register(metrics)
    ProcessCollector(registry=registry)
    server, thread = start_http_server(port, host, registry)

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return MetricsServer(server.server_port, stop)
