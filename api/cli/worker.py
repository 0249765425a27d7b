"""`mealtrace worker`: anchoring and chores, apart from the service; or one chore now."""

import logging
import signal
import threading
from contextlib import nullcontext
from enum import StrEnum
from typing import Annotated

import typer

from api import logs
from api.cli.language import tr
from api.cli.opened import installation
from api.cli.show import Json, print_json
from api.installation import Installation, tell_exposed
from api.metrics import Metrics
from api.overseeing import count_oversight
from api.subject_indexing import index_now
from api.upkeep import count_upkeep
from api.watching import scraped
from api.worker import Worker

app = typer.Typer(add_completion=False)

logger = logging.getLogger("mealtrace.worker")


class Chore(StrEnum):
    """What can be asked for at once."""

    SUBJECT_INDEX = "subject-index"


@app.command(
    help=tr(
        "Anchor checkpoints, record denied attempts and each day's subject index until told to end.",
        "锚定检查点，记录被拒绝的尝试和每日主体索引，直至被告知结束。",
    )
)
def worker(
    now: Annotated[
        Chore | None,
        typer.Option(help=tr("Do this chore once, and end.", "仅执行该任务一次，随即结束。")),
    ] = None,
    json: Json = False,
) -> None:
    """Anchor checkpoints, record denied attempts and each day's subject index until told to end."""
    with installation() as opened:
        if now is Chore.SUBJECT_INDEX:
            _index_now(opened, as_json=json)
            return
        logs.configure(opened.settings.log_level)
        tell_exposed(opened.settings)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        metrics = Metrics()
        running = Worker(opened, metrics=metrics)
        count_upkeep(metrics, running.keeper, running.scrubber)
        count_oversight(metrics, running.overseer)
        shown = opened.settings.metrics_port is not None
        with scraped(metrics, opened) if shown else nullcontext():
            running.start()
            logger.info("working for %s", opened.genesis.origin)
            ended.wait()
            logger.info("ending: what is under way is finished first")
            running.stop()


def _index_now(opened: Installation, *, as_json: bool) -> None:
    index, posted = index_now(opened)
    if as_json:
        print_json({**index.to_json(), "posted": posted})
    elif posted:
        typer.echo(
            tr(
                f"posted an index of {index.count:,} subjects over {index.size:,} entries",
                f"已提交主体索引：{index.count:,} 个主体，覆盖 {index.size:,} 条",
            )
        )
    else:
        typer.echo(
            tr(
                f"nothing came since the index over {index.size:,} entries",
                f"自覆盖 {index.size:,} 条的索引以来没有新记录",
            )
        )
