"""The program (网关程序): drivers in threads of their own, one thread that sends, one that watches.

    driver ─┐                        ┌→ sender → service
    driver ─┼→ sink → outbox on disk ┤
    driver ─┘      ↑                 └→ status file and page
              watch: clock, device-status

A driver that fails is started again and disturbs nobody. Told to stop, everything ends within seconds,
and whatever had no time to be sent is sent after the next start.
"""

import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final

from devices.client import Patience, ProblemError, Trust, TrustedLog
from devices.gateway import drivers as registry
from devices.gateway import enrol, status
from devices.gateway.clock import ClockWatch
from devices.gateway.config import Config
from devices.gateway.driver import Driver, Stop
from devices.gateway.heartbeat import KNOWN, Health, Heartbeat
from devices.gateway.page import StatusPage
from devices.gateway.sink import OutboxSink
from devices.gateway.workers import Worker
from devices.outbox import Outbox, Sender
from ledger.canonical import JsonInput
from ledger.errors import LedgerError

TICK_S: Final = 5.0
_ENDS_WITHIN_S: Final = 10.0
_KEY_ASKED_EVERY_S: Final = 60.0

_log = logging.getLogger(__name__)


class Gateway:
    """One gateway, from its configuration on.

    Attributes:
        sink: where the drivers put what they saw.
        outbox: in which it waits.
    """

    def __init__(
        self,
        config: Config,
        log: TrustedLog,
        *,
        drivers: Sequence[Driver] | None = None,
        now_ms: Callable[[], int] = registry.now_ms,
    ) -> None:
        """Everything is opened, nothing runs yet.

        Args:
            config: what it is.
            log: the log it signs for.
            drivers: instead of those configured.
            now_ms: the clock that records have their times from: this machine's, in every kitchen.

        Raises:
            MalformedError: a driver does not understand its table.
            NotFoundError: there is no token.
            ConflictError: this gateway runs already, or was enrolled in another log.
            UnavailableError: the disk refuses.
        """
        self._config = config
        self._stop = threading.Event()
        self._now_ms = now_ms
        self._started_at_ms = now_ms()
        key = enrol.key_of(config.folder)
        self._kid = key.kid
        self._key_state = "unknown"
        self._key_asked_s = -_KEY_ASKED_EVERY_S
        self._key_doubt = (False, False)
        self._failures_registered: int | None = None
        self._watch = ClockWatch(
            config.folder / "clock.json", tolerance_ms=config.clock_tolerance_ms
        )
        site = registry.Site(config.party, config.school, config.folder, config.beside, now_ms)
        made = drivers
        if made is None:
            made = [registry.make(kind, table, site) for kind, table in config.devices]
        token = config.token()
        self.outbox = Outbox(
            config.outbox_folder, party=config.party, policy=log.policy, key=key,
            limits=config.limits,
        )  # fmt: skip
        self.sink = OutboxSink(self.outbox, self._watch)
        tls = None if config.ca_file is None else ssl.create_default_context(cafile=config.ca_file)
        try:
            self._count_on(made)
            self._sender = Sender(
                self.outbox, config.url, token, log=log, party=config.party, kid=key.kid,
                pace=config.pace, tls=tls, heard=self._watch.heard,
            )  # fmt: skip
        except BaseException:
            self.outbox.close()
            raise
        self._asking = enrol.Enrolling(
            config.url, token, trust=Trust.policy(log.policy), party=config.party, tls=tls,
            patience=Patience(attempts=1), timeout_s=10,
        )  # fmt: skip
        self._heartbeat = Heartbeat(
            config.school, config.sha256, config.status_every_s, self._started_at_ms
        )
        self._drivers = [(driver, self._worker(driver)) for driver in made]
        self._workers = [
            *(worker for _, worker in self._drivers),
            Worker("sender", self._sender.run, self._stop),
            Worker("watch", self._watching, self._stop),
        ]
        self._page = StatusPage(config.page.host, config.page.port, self.report)

    def _worker(self, driver: Driver) -> Worker:
        return Worker(driver.device, lambda stop: driver.run(self.sink, stop), self._stop)

    def _count_on(self, made: Sequence[Driver]) -> None:
        """Where a device counted elsewhere before, go on from there."""
        for driver, (_, table) in zip(made, self._config.devices, strict=False):
            if table.has("counter_from"):
                self.outbox.count_from(driver.device, table.integer("counter_from"))

    def start(self) -> None:
        """Begin.

        Raises:
            UnavailableError: the port of the status page is taken.
        """
        self._page.start()
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        """End; whatever is not sent yet waits on disk."""
        self._stop.set()
        self.outbox.poke()
        deadline = time.monotonic() + _ENDS_WITHIN_S
        for worker in self._workers:
            if not worker.join(max(0.1, deadline - time.monotonic())):
                _log.warning("a thread did not end in time and is left behind")
        self._page.stop()
        status.write(self._config.folder, self.report(running=False))
        self._asking.close()
        self._sender.close()
        self.outbox.close()

    def report(self, *, running: bool = True) -> dict[str, Any]:
        """How it is now (`status.report`)."""
        return status.report(
            party=self._config.party,
            url=self._config.url,
            kid=self._kid,
            key_state=self._key_state,
            started_at_ms=self._started_at_ms,
            clock=self._watch.read(),
            sending=self._sender.state,
            outbox=status.outbox_report(self.outbox.state(), self.outbox.parked()),
            devices=[_device(driver, worker) for driver, worker in self._drivers],
            running=running,
        )

    # The thread that watches

    def _watching(self, stop: Stop) -> None:
        while True:
            step = self._watch.look()
            if step is not None:
                _log.warning("the clock was set by %d ms", step.by_ms)
            self._tell()
            self._ask_for_key()
            status.write(self._config.folder, self.report())
            if stop.wait(TICK_S):
                return

    def _tell(self) -> None:
        """Let whoever's turn it is say how it is."""
        for health in self._healths():
            now = self._now_ms()
            if not self._heartbeat.due(health, now):
                continue
            said = self._heartbeat.observation(
                health, self._watch.clock(), self.outbox.state(), now
            )
            try:
                self.sink.keep(said)
            except LedgerError as error:
                _log.error("%s could not say how it is: %s", health.device, error)
            self._heartbeat.said(health, now)

    def _healths(self) -> list[Health]:
        devices = [
            _health(driver, worker, self.outbox)
            for driver, worker in self._drivers
            if not getattr(driver, "tells_itself", False)
        ]
        outbox = self.outbox.state()
        troubled = outbox.full or self._sender.state.reason == "disk"
        own = "degraded" if troubled else "working"
        return [Health(self._config.party, own, version("mealtrace"), None), *devices]

    def _ask_for_key(self) -> None:
        """Whether the key stands in the log; nobody tells a gateway, so it looks."""
        sending = self._sender.state
        doubt = sending.reason == "speaker", sending.sent > 0
        news, self._key_doubt = doubt != self._key_doubt, doubt
        now = time.monotonic()
        if self._key_state == "registered" and not doubt[0]:
            return
        if not news and now - self._key_asked_s < _KEY_ASKED_EVERY_S:
            return
        self._key_asked_s = now
        try:
            found: str = self._asking.key_state(self._kid)
        except ProblemError:
            found = "unknown"  # the token may not read
        except LedgerError:
            return
        self._key_state = self._judged(found)

    def _judged(self, found: str) -> str:
        """What is so of the key that the log shows as registered, and refuses all the same.

        A revocation is its issuer's to read, not the gateway's: what shows is that signatures no
        longer hold. Once more after the registration was seen, for the last refusal may be older.
        """
        sending = self._sender.state
        refused = sending.reason == "speaker" and " signature" in sending.detail
        if found != "registered" or not refused:
            self._failures_registered = None
            return found
        before = self._failures_registered
        if before is None:
            self._failures_registered = before = sending.failures
        return "revoked" if sending.failures > before else found


def _health(driver: Driver, worker: Worker, outbox: Outbox) -> Health:
    told = _told(driver)
    state = str(told.get("state", "working"))
    if not worker.condition.running:
        state = "degraded"
    firmware = str(told.get("firmware_version") or version("mealtrace"))
    return Health(
        driver.device,
        state if state in KNOWN else "degraded",
        firmware,
        outbox.last_counter(driver.device),
    )


def _device(driver: Driver, worker: Worker) -> dict[str, JsonInput]:
    condition = worker.condition
    return {
        "device": driver.device,
        "running": condition.running,
        "failures": condition.failures,
        "fault": condition.fault,
        "told": dict(_told(driver)),
    }


def _told(driver: Driver) -> Mapping[str, JsonInput]:
    """What a driver says of itself; one that cannot must not take the page down."""
    try:
        return driver.status()
    except Exception as error:  # noqa: BLE001 - any driver's own
        return {"state": "degraded", "fault": f"{type(error).__name__}: {error}"}
