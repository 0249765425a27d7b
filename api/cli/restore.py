"""`mealtrace restore`: a backup into an empty installation, audited before anything is served."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from api.cli import exits, reasons
from api.cli.audit import progress_bar, show_report
from api.cli.language import tr
from api.cli.opened import settings
from api.restoring import restore as restore_backup

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Restore a backup into the empty installation that the settings name, and audit it.\n\n"
        "Its key folder must hold kek and index already, from where you keep them; with it the "
        "mark of what was released stays.",
        "将备份恢复到配置所指的空安装，并进行审计。\n\n"
        "其密钥目录须已放入您另行保管的 kek 与 index；已发布标记保持不变。",
    )
)
def restore(
    folder: Annotated[Path, typer.Argument(help=tr("Folder of the backup.", "备份目录。"))],
    wrapped_keys: Annotated[
        Path, typer.Option(help=tr("Folder of its wrapped keys.", "对应的封装密钥目录。"))
    ],
    old_keys: Annotated[
        bool,
        typer.Option(
            "--old-keys",
            help=tr(
                "Take wrapped keys older than 30 days: what was erased since comes back.",
                "接受超过 30 天的封装密钥：其后清除的内容会重新出现。",
            ),
        ),
    ] = False,
    jobs: Annotated[
        int,
        typer.Option(min=1, max=64, help=tr("Processes to share the audit.", "审计并行进程数。")),
    ] = 1,
) -> None:
    """Restore a backup into the empty installation that the settings name, and audit it."""
    console = Console(highlight=False)
    with progress_bar(console) as progress:
        done = restore_backup(
            settings(), folder, wrapped_keys, old_keys=old_keys, jobs=jobs, progress=progress
        )
    show_report(console, done.report)
    for english, chinese_text in done.notes:
        console.print(f"[yellow]![/] {tr(english, chinese_text)}", soft_wrap=True)
    if done.erased:
        typer.echo(
            tr(
                f"{done.erased} records erased since the keys were saved are erased again",
                f"密钥备份之后清除的 {done.erased} 条记录已再次清除",
            )
        )
    size = done.manifest.head.size
    if not done.report.passed:
        typer.echo(
            tr(
                "what was restored does not hold and is not served: restore another backup",
                "恢复的内容未通过审计，不予提供服务：请恢复另一份备份",
            ),
            err=True,
        )
    elif done.behind:
        typer.echo(
            tr(
                f"{size} entries are restored and whole, but more was released: {done.behind}",
                f"已完整恢复 {size} 条，但此前发布的更多：此账本不能继续，"
                f"请用 `mealtrace successor` 开立后继账本。{reasons.chinese(done.behind) or done.behind}",
            ),
            err=True,
        )
    else:
        typer.echo(
            tr(
                f"{size} entries are restored; `mealtrace serve` goes on",
                f"已恢复 {size} 条；可用 `mealtrace serve` 继续",
            )
        )
    if not done.servable:
        raise typer.Exit(exits.FAILED)
