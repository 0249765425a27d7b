"""`mealtrace worker`: anchoring and chores, apart from the service."""

import signal
import threading
from contextlib import nullcontext

import typer

from api import logs
from api.cli.language import tr
from api.cli.opened import installation
from api.metrics import Metrics
from api.watching import scraped
from api.worker import Worker

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Anchor checkpoints and record denied attempts until told to end.",
        "锚定检查点并记录被拒绝的尝试，直至被告知结束。",
    )
)
def worker() -> None:
    """Anchor checkpoints and record denied attempts until told to end."""
    with installation() as opened:
        logs.configure(opened.settings.log_level)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        metrics = Metrics()
        running = Worker(opened, metrics=metrics)
        shown = opened.settings.metrics_port is not None
        with scraped(metrics, opened) if shown else nullcontext():
            running.start()
            ended.wait()
            running.stop()
