"""`mealtrace serve`: the service in one process.

How it ends, once it is told to (SIGTERM, or Ctrl-C):

    at once        what arrives gets 503, except /healthz; what is being answered goes on
    drain_s        nobody can connect any more
    shutdown_s     whoever is still being answered is cut off; what waits for a transaction is stored
    + 8 s          whatever hangs is left behind: the process ends all the same
"""

import contextlib
import logging
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, Final

import typer
import uvicorn

from api import logs
from api import sandbox as sandboxes
from api.app import START_ERROR, Application, create_app
from api.cli import exits
from api.cli.language import tr
from api.cli.opened import settings
from api.demo.stage import Stage
from api.http11 import Http11
from api.settings import Settings

app = typer.Typer(add_completion=False)

_LEFT_BEHIND_S: Final = 8.0
"""Seconds beyond `drain_s` and `shutdown_s` for closing what may hang: a database, a chain."""

logger = logging.getLogger("mealtrace.serve")


@app.command(
    help=tr(
        "Run the service until it is told to end; then finish what was taken in.",
        "运行服务直至被告知结束，然后完成已接收的内容。",
    )
)
def serve(
    host: Annotated[
        str | None, typer.Option(help=tr("Address to listen on.", "监听地址。"))
    ] = None,
    port: Annotated[
        int | None, typer.Option(help=tr("Port to listen on.", "监听端口。"), min=0, max=65535)
    ] = None,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help=tr(
                "A throw-away ledger with ready tokens, gone when it ends.",
                "用于试接的一次性账本，附现成令牌，结束即删除。",
            ),
        ),
    ] = False,
) -> None:
    """Run the service until it is told to end; then finish what was taken in."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    chosen = settings().model_copy(update=given)
    if not sandbox:
        run(chosen)
        return
    with tempfile.TemporaryDirectory(prefix="mealtrace-sandbox-") as folder:
        made = sandboxes.make(Path(folder), chosen)
        _tell(made)
        run(made.settings)


def _tell(made: sandboxes.Sandbox) -> None:
    """What an integrator needs to begin: where it is, and who may say what."""
    stage = Stage()
    stage.title(
        "MealTrace sandbox",
        "食迹沙箱",
        below_en=f"A throw-away ledger at {made.url}. It is gone when you stop it, and proves "
        f"nothing.\nIn another shell:  source {made.environment}",
        below_zh=f"一次性账本，地址 {made.url}。停止后即被删除，不具任何证明力。\n"
        f"在另一终端执行：source {made.environment}",
    )
    stage.table(
        [("variable", "变量"), ("party", "主体"), ("roles", "角色")],
        [(f"{one.variable}_TOKEN", one.party, one.roles) for one in made.accounts],
    )


def run(chosen: Settings) -> None:
    """Serve until SIGTERM or SIGINT; exits the process with 1 where it cannot start."""
    logs.configure(chosen.log_level)
    if not chosen.loopback:
        logger.info("listening on %s: put a proxy with TLS in front", chosen.host)
    application = create_app(chosen)
    logging.getLogger("uvicorn.error").addFilter(_without_trace)
    server = _Server(
        application,
        chosen,
        uvicorn.Config(
            application,
            host=chosen.host,
            port=chosen.port,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=chosen.trusted_proxies is not None,
            forwarded_allow_ips=chosen.trusted_proxies,
            timeout_graceful_shutdown=chosen.shutdown_s,
            lifespan="on",
            http=Http11,
            ws="none",
        ),
    )
    if chosen.embedded and sys.stderr.isatty():
        typer.echo(
            tr(
                f"admin token: {chosen.keys_dir / 'admin.token'}   stop with Ctrl-C",
                f"管理令牌：{chosen.keys_dir / 'admin.token'}   按 Ctrl-C 停止",
            ),
            err=True,
        )
    for number in (signal.SIGTERM, signal.SIGINT):
        # uvicorn raises the signal again once all is closed; told to end is no failure.
        signal.signal(number, lambda *_: None)
    with contextlib.suppress(SystemExit):  # uvicorn's own way to say that it did not start
        server.run()
    if not server.started:
        raise getattr(application.state, START_ERROR, typer.Exit(exits.FAILED))


class _Server(uvicorn.Server):
    """uvicorn's, which is told to end only when what arrives has been refused for a while."""

    def __init__(self, application: Application, chosen: Settings, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._application = application
        self._settings = chosen
        self._told = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal: the first one drains, a second one does not wait."""
        if self._told:
            super().handle_exit(sig, frame)
            return
        self._told = True
        self._application.drain()
        end = super().handle_exit
        for after_s, call, given in (
            (self._settings.drain_s, end, (sig, frame)),
            (self._settings.drain_s + self._settings.shutdown_s + _LEFT_BEHIND_S, _leave, ()),
        ):
            timer = threading.Timer(after_s, call, given)
            timer.daemon = True
            timer.start()


def _leave() -> None:
    """End, whatever hangs: who waited was told nothing, and finds the record under its id."""
    logger.error("did not end in time, left behind")
    os._exit(exits.FAILED)


def _without_trace(record: logging.LogRecord) -> bool:
    """Drop the trace of a start that failed: the reason is told in a sentence, at the end."""
    return not record.getMessage().startswith("Traceback")
