"""`mealtrace demo`: one school day through the real service, then three attacks on it."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.language import tr

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Live through one school day; exit 1 if any step fails or any lie goes unnoticed.",
        "演示一个供餐日；任何一步失败或任何造假未被发现，则以 1 退出。",
    )
)
def demo(
    keep: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "Keep ledger, bundle and policy in this folder.",
                "将账本、证据包和策略保留在此文件夹。",
            )
        ),
    ] = None,
) -> None:
    """Live through one school day; exit 1 if any step fails or any lie goes unnoticed."""
    from api.demo.run import run  # noqa: PLC0415 - draws pictures, which other commands need not
    from api.demo.stage import Stage  # noqa: PLC0415

    stage = Stage()
    good = run(stage, folder=keep)
    stage.console.print()
    if good:
        stage.done("everything held, and every lie was found", "全部成立，所有造假均被发现")
    raise typer.Exit(0 if good else 1)
