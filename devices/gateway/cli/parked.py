"""`mealtrace-gateway parked`: what the service refused for good, and what becomes of it.

A person decides: send it again when the cause is gone (a scale that was not registered), or drop it.
The record itself cannot be changed: it is signed as it was measured.
"""

from typing import Annotated

import typer

from devices.gateway.cli.shared import (
    DEFAULT_CONFIG,
    ConfigFile,
    Json,
    print_json,
    print_rows,
)
from devices.gateway.config import load
from devices.gateway.language import tr
from devices.outbox import Parked, Queue
from ledger import timestamp
from ledger.errors import MalformedError, NotFoundError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    help=tr(
        "What the service refused for good: look at it, send it again, or drop it.",
        "被服务永久拒收的记录：查看、重新发送或放弃。",
    ),
)

Id = Annotated[str, typer.Argument(help=tr("The record's id.", "记录 id。"))]


@app.command("list", help=tr("List refused records.", "列出被拒收的记录。"))
def list_(config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> None:
    """List refused records."""
    queue = _queue(config)
    rows = [
        {
            "id": one.id,
            "type": one.type,
            "device": one.lane,
            "parked_at": timestamp.format(one.parked_at_ms),
            "code": one.problem.code,
            "reason": _reason(one),
        }
        for one in queue.parked()
    ]
    queue.close()
    if json:
        print_json(rows)
        return
    # The id stands whole on its line, whatever the width: it is what the other commands want.
    for row in rows:
        typer.echo(f"{row['id']}  {row['type']}  {row['device']}  {row['parked_at']}")
        typer.echo(f"    {row['code']}: {row['reason']}")
    if not rows:
        typer.echo(tr("nothing is refused", "没有被拒收的记录"))


@app.command(help=tr("Show a refused record and why it was refused.", "显示被拒收的记录及原因。"))
def show(record: Id, config: ConfigFile = DEFAULT_CONFIG, json: Json = False) -> None:
    """Show a refused record and why it was refused."""
    queue = _queue(config)
    try:
        one = next((found for found in queue.parked() if found.id == record), None)
        if one is None:
            raise NotFoundError(f"no record {record} is parked")
        request = queue.request(record)
    finally:
        queue.close()
    # The seed opens the log's commitment; whoever is shown the record need not have it.
    said = {name: value for name, value in request.items() if name not in {"seed", "signature"}}
    if json:
        faults = [
            {"pointer": f.pointer, "code": f.code, "message_en": f.message_en,
             "message_zh": f.message_zh, "record": f.record}
            for f in one.problem.faults
        ]  # fmt: skip
        problem = {"code": one.problem.code, "status": one.problem.status,
                   "request_id": one.problem.request_id, "errors": faults}  # fmt: skip
        print_json({"record": said, "problem": problem})
        return
    print_rows(
        [
            (tr("refused at", "拒收时间"), timestamp.format(one.parked_at_ms)),
            (tr("code", "代码"), f"{one.problem.status} {one.problem.code}"),
            (tr("reason", "原因"), _reason(one)),
            (tr("request", "请求编号"), one.problem.request_id or "–"),
        ]
    )
    print_json(said)


@app.command(
    help=tr(
        "Send refused records again, the same bytes: when the cause is gone.",
        "原样重新发送被拒收的记录：在原因消除之后。",
    )
)
def retry(
    record: Annotated[str | None, typer.Argument(help=tr("The record's id.", "记录 id。"))] = None,
    every: Annotated[bool, typer.Option("--all", help=tr("All of them.", "全部。"))] = False,
    config: ConfigFile = DEFAULT_CONFIG,
) -> None:
    """Send refused records again."""
    if (record is None) != every:
        raise MalformedError("name one record, or give --all")
    queue = _queue(config)
    try:
        wanted = [one.id for one in queue.parked()] if record is None else [record]
        for one in wanted:
            queue.retry(one)
    finally:
        queue.close()
    typer.echo(tr(f"{len(wanted)} will be sent again", f"{len(wanted)} 条将重新发送"))


@app.command(
    help=tr(
        "Give a refused record up for good, with its photos.",
        "永久放弃被拒收的记录及其照片。",
    )
)
def drop(
    record: Id,
    config: ConfigFile = DEFAULT_CONFIG,
    yes: Annotated[bool, typer.Option("--yes", help=tr("Do not ask.", "不再询问。"))] = False,
) -> None:
    """Give a refused record up for good."""
    queue = _queue(config)
    try:
        if not any(one.id == record for one in queue.parked()):
            raise NotFoundError(f"no record {record} is parked")
        question = tr(f"Drop {record}? Its evidence is lost.", f"放弃 {record}？其证据将无法恢复。")
        if not yes and not typer.confirm(question):
            raise typer.Abort
        queue.drop(record)
    finally:
        queue.close()
    typer.echo(tr(f"dropped {record}", f"已放弃 {record}"))


def _queue(config: ConfigFile) -> Queue:
    settings = load(config)
    if not settings.outbox_folder.is_dir():
        raise NotFoundError(f"no gateway has run in {settings.folder} yet")
    return Queue(settings.outbox_folder, limits=settings.limits)


def _reason(one: Parked) -> str:
    told = [tr(fault.message_en, fault.message_zh) for fault in one.problem.faults]
    return "; ".join(told) or one.problem.detail or one.problem.title
