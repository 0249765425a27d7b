"""`mealtrace webhooks`: who is told of warnings, set up by the operator."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from api import key_files
from api.cli.language import tr
from api.cli.opened import installation
from api.cli.show import Json, print_json, show, show_rows
from api.webhooks import asked, shown
from api.webhooks.asked import Format, Kind, Language
from api.webhooks.targets import Allowed
from ledger import subject
from ledger.oversight.messages import KINDS, Severity

app = typer.Typer(add_completion=False, no_args_is_help=True)

_STDIN = "-"

WebhookId = Annotated[
    str, typer.Argument(help=tr("Its id, as `list` shows it.", "订阅编号，见 list。"))
]


@app.command(
    help=tr(
        "Tell a party's receiver or a group's robot of warnings; the secret is shown once.",
        "将预警推送给主体的接收程序或群机器人；密钥只显示一次。",
    )
)
def add(
    party: Annotated[str, typer.Argument(help="school:2105020001")],
    url: Annotated[
        str,
        typer.Argument(
            help=tr(
                "Its address, a robot's as its group shows it; - reads it from standard input.",
                "接收地址，机器人地址须完整复制；- 表示从标准输入读取。",
            )
        ),
    ],
    kind: Annotated[
        Kind,
        typer.Option(
            help=tr(
                "Signed JSON, or a WeCom or DingTalk group robot.",
                "签名 JSON，或企业微信、钉钉群机器人。",
            )
        ),
    ] = "webhook",
    secret_file: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "File with the secret of a DingTalk robot (SEC…).",
                "存放钉钉加签密钥（SEC…）的文件。",
            )
        ),
    ] = None,
    type: Annotated[  # noqa: A002 - the option's name
        list[str] | None,
        typer.Option(
            help=tr("Only this record type; may be repeated: ", "仅此记录类型，可重复：")
            + ", ".join(KINDS)
        ),
    ] = None,
    school: Annotated[
        list[str] | None,
        typer.Option(help=tr("Only this school; may be repeated.", "仅此学校，可重复。")),
    ] = None,
    severity: Annotated[
        Severity, typer.Option(help=tr("As grave as this, or graver.", "不低于此严重程度。"))
    ] = "minor",
    language: Annotated[
        Language, typer.Option(help=tr("Of what a robot says.", "机器人消息的语言。"))
    ] = "zh",
    format: Annotated[  # noqa: A002 - the option's name
        Format, typer.Option(help=tr("How a robot says it.", "机器人消息的格式。"))
    ] = "markdown",
    label: Annotated[str, typer.Option(help=tr("What it is for.", "用途。"))] = "",
    json: Json = False,
) -> None:
    """Tell a party's receiver or a group's robot of warnings; the secret is shown once."""
    subject.check(party, "the party")
    request = {
        "kind": kind,
        "url": sys.stdin.readline().strip() if url == _STDIN else url,
        "secret": None if secret_file is None else key_files.read_text(secret_file),
        "types": type or None,
        "schools": school or None,
        "severity": severity,
        "language": language,
        "format": format,
        "label": label,
    }
    with installation() as opened:
        settings = opened.settings
        wanted = asked.read(request, Allowed.of(settings), linked=settings.public_url is not None)
        made = opened.store.webhooks.add(
            party, wanted.to_text(), token=None, limit=settings.webhooks_per_party
        )
    answer = shown.webhook(made, {"pending": 1})
    labels = {
        "id": tr("id", "编号"),
        "party": tr("party", "主体"),
        "kind": tr("kind", "方式"),
        "host": tr("to", "接收方"),
    }
    if wanted.kind == "webhook":
        answer["secret"] = wanted.secret
        labels["secret"] = tr("secret (shown once)", "密钥（仅显示一次）")
    show(answer, as_json=json, labels=labels)


@app.command(
    "list",
    help=tr(
        "List webhooks and how they stand; of each address only the host.",
        "列出订阅及其状态；地址只显示主机。",
    ),
)
def list_(
    party: Annotated[
        str | None, typer.Argument(help=tr("Only this party's.", "仅列出该主体的订阅。"))
    ] = None,
    json: Json = False,
) -> None:
    """List webhooks and how they stand; of each address only the host."""
    with installation() as opened:
        rows = shown.webhooks(opened.store, party)
    show_rows(
        rows,
        as_json=json,
        labels={
            "id": tr("id", "编号"),
            "party": tr("party", "主体"),
            "kind": tr("kind", "方式"),
            "host": tr("to", "接收方"),
            "severity": tr("from", "不低于"),
            "state": tr("state", "状态"),
            "pending": tr("pending", "待发"),
            "dead": tr("given up", "已放弃"),
            "delivered_at": tr("last taken", "最近送达"),
            "last_outcome": tr("last answer", "最近结果"),
            "label": tr("for", "用途"),
        },
    )


@app.command(help=tr("End a webhook.", "删除订阅。"))
def remove(webhook_id: WebhookId) -> None:
    """End a webhook."""
    with installation() as opened:
        opened.store.webhooks.remove(webhook_id)
    typer.echo(tr(f"webhook {webhook_id} is removed", f"订阅 {webhook_id} 已删除"))


@app.command(
    help=tr(
        "Send what was logged in a range again, under the same ids; a running worker does it.",
        "重新推送某一范围内入账的预警，编号不变；由运行中的 worker 执行。",
    )
)
def replay(
    webhook_id: WebhookId,
    logged_from: Annotated[
        str | None,
        typer.Option(help=tr("Logged at this time or later.", "自此时间起入账。")),
    ] = None,
    logged_to: Annotated[
        str | None, typer.Option(help=tr("Logged before this time.", "在此时间之前入账。"))
    ] = None,
    index_from: Annotated[
        int | None, typer.Option(min=0, help=tr("From this entry on.", "自该条目起。"))
    ] = None,
    index_to: Annotated[
        int | None, typer.Option(min=0, help=tr("Before this entry.", "在该条目之前。"))
    ] = None,
    json: Json = False,
) -> None:
    """Send what was logged in a range again, under the same ids; a running worker does it."""
    given = {
        "logged_from": logged_from,
        "logged_to": logged_to,
        "index_from": index_from,
        "index_to": index_to,
    }
    with installation() as opened:
        opened.store.webhooks.get(webhook_id)
        start, end = shown.replay_range(opened.store, given)
        opened.store.webhooks.replay(webhook_id, start, end)
    if json:
        print_json({"id": webhook_id, "index_from": start, "index_to": end})
        return
    typer.echo(
        tr(
            f"entries {start} to {end - 1} will be told again",
            f"第 {start} 至 {end - 1} 条将重新推送",
        )
    )
