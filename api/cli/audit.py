"""`mealtrace audit`: everything that must always hold, derived again; exit 1 if something does not."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from api.audit.report import Report
from api.cli.language import chinese, tr
from ledger.audit.findings import POINTS

app = typer.Typer(add_completion=False)

_SHOWN = 50
_COUNTED = {
    "anchors": "个锚点",
    "blobs": "个文件",
    "checkpoints": "个检查点",
    "entries": "个条目",
    "erased": "条被清除的记录",
    "events": "个链上事件",
    "findings": "项结论",
    "payloads": "份载荷",
    "signatures": "个签名",
    "subjects": "个主体",
    "tiles": "个瓦片",
}


@app.command(
    help=tr(
        "Audit the installation that the settings name, or a service over HTTP.",
        "审计配置所指的安装，或通过 HTTP 审计一项服务。",
    )
)
def audit(
    url: Annotated[
        str | None,
        typer.Option(help=tr("Audit this service over HTTP.", "通过 HTTP 审计该服务。")),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(help=tr("File with a token that may read entries.", "含读取令牌的文件。")),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help=tr("Your own policy file.", "您自己的策略文件。")),
    ] = None,
    rpc: Annotated[
        str | None,
        typer.Option(help=tr("Ask this node for the anchors' events.", "向该节点核对锚定事件。")),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=64, help=tr("Processes to share the work.", "并行进程数。"))
    ] = 1,
    report: Annotated[
        Path | None,
        typer.Option(help=tr("Write a JSON report here.", "将 JSON 报告写入此处。")),
    ] = None,
) -> None:
    """Audit the installation that the settings name, or a service over HTTP."""
    console = Console(highlight=False)
    with progress_bar(console) as progress:
        if url is not None:
            result = _remote(url, token_file, policy, progress)
        else:
            result = _local(jobs, rpc, policy, progress)
    if report is not None:
        text = json.dumps(result.to_json(), ensure_ascii=False, indent=2)
        report.write_text(text + "\n", "utf-8")
    show_report(console, result)
    raise typer.Exit(0 if result.passed else 1)


def _remote(
    url: str,
    token_file: Path | None,
    policy: Path | None,
    progress: Callable[[int, int], None],
) -> Report:
    from api.audit import remote  # noqa: PLC0415 - what is not asked for is not imported

    return remote.audit(
        url,
        token=None if token_file is None else token_file.read_text("utf-8").strip(),
        policy=None if policy is None else policy.read_bytes(),
        progress=progress,
    )


def _local(
    jobs: int, rpc: str | None, policy: Path | None, progress: Callable[[int, int], None]
) -> Report:
    from api.audit import local  # noqa: PLC0415 - what is not asked for is not imported
    from api.cli.opened import settings  # noqa: PLC0415

    return local.audit(
        settings(),
        jobs=jobs,
        rpc=rpc,
        policy=None if policy is None else policy.read_bytes(),
        progress=progress,
    )


@contextlib.contextmanager
def progress_bar(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Shows how far an audit is; told the entries read, and all."""
    bar = Progress(
        TextColumn(tr("auditing", "审计中")),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show_report(console: Console, report: Report) -> None:
    """What an audit found, for people."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in (tr("point", "要点"), tr("what must hold", "必须成立的性质"), ""):
        table.add_column(heading, overflow="fold")
    for point in report.points:
        found = sum(finding.point == point for finding in report.findings)
        state = f"[red]{found} ✗[/]" if found else "[green]✓[/]"
        table.add_row(str(point), POINTS[point][1 if chinese() else 0], state)
    console.print(table)
    counted = tr(", ", "，").join(
        tr(f"{number:,} {what}", f"{number:,} {_COUNTED.get(what, what)}")
        for what, number in report.checked.items()
    )
    console.print(
        tr(
            f"checked: {counted}; {report.seconds:.1f} s",
            f"已核对：{counted}；{report.seconds:.1f} 秒",
        )
    )
    for english, chinese_text in report.notes:
        console.print(f"[yellow]![/] {tr(english, chinese_text)}", soft_wrap=True)
    for finding in report.findings[:_SHOWN]:
        console.print(
            f"[red]✗[/] [bold]{finding.where}[/]: {tr(finding.en, finding.zh)}", soft_wrap=True
        )
        if finding.expected is not None:
            console.print(f"    {tr('expected', '应为')} {finding.expected}", soft_wrap=True)
        if finding.found is not None:
            console.print(f"    {tr('found', '实为')} {finding.found}", soft_wrap=True)
    rest = len(report.findings) + report.dropped - _SHOWN
    if rest > 0:
        console.print(tr(f"… and {rest} more", f"……另有 {rest} 条"))
    if report.passed:
        console.print(
            f"[bold green]{tr('everything holds', '全部成立')}[/]"
            + tr(f" for {report.size:,} entries, root ", f"，共 {report.size:,} 条，根 ")
            + f"{report.root}",
            soft_wrap=True,
        )
    else:
        console.print(f"[bold red]{tr('something does not hold', '有不成立之处')}[/]")
