"""`mealtrace-gateway run`: drive the devices until told to stop."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

import typer

from devices.client import Patience, TrustedLog
from devices.gateway import enrol
from devices.gateway.cli.shared import DEFAULT_CONFIG, ConfigFile
from devices.gateway.config import Config, load
from devices.gateway.drivers import now_ms
from devices.gateway.language import tr
from devices.gateway.run import Gateway
from ledger.errors import UnavailableError

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Drive the devices of gateway.toml, keep what they say, and send it.",
        "驱动 gateway.toml 中的设备，保存其读数并发送。",
    )
)
def run(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Drive the devices of gateway.toml, keep what they say, and send it."""
    drive(load(config))


def drive(settings: Config, *, clock: Callable[[], int] = now_ms) -> None:
    """The program, from its configuration until it is told to stop by a signal.

    Raises:
        LedgerError: as `Gateway`; or the log is not known, and nobody answers who knows it.
    """
    logging.basicConfig(
        level=os.environ.get("MEALTRACE_LOG_LEVEL", "INFO"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    logging.getLogger("httpx").setLevel(logging.WARNING)
    gateway = Gateway(settings, _log(settings), now_ms=clock)
    stop = threading.Event()

    def told(number: int, _: FrameType | None) -> None:
        logging.getLogger(__name__).info("told to stop by signal %d", number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    gateway.start()
    if settings.page.port:
        typer.echo(
            tr(
                f"status page: http://{settings.page.host}:{settings.page.port}/",
                f"状态页：http://{settings.page.host}:{settings.page.port}/",
            )
        )
    stop.wait()
    gateway.stop()


def _log(settings: Config) -> TrustedLog:
    """The log, from what enrolment kept; asked for once where nothing was kept."""
    enrol.key_of(settings.folder)
    trust = enrol.trust_of(settings.folder, settings.fingerprint, settings.policy_file)
    with enrol.Enrolling(settings.url, trust=trust, patience=Patience(attempts=2)) as client:
        try:
            return client.trusted()
        except UnavailableError as error:
            raise UnavailableError(
                "the log is not known yet and the service does not answer; run "
                f"`mealtrace-gateway enrol` once where there is a network: {error}"
            ) from error
