"""`mealtrace tokens`: who may call the service, and for how long."""

from typing import Annotated, Final

import typer

from api.auth import SCOPES
from api.cli.language import tr
from api.cli.opened import installation
from api.cli.show import Json, show, show_rows
from api.installation import now_ms
from ledger import subject, timestamp
from ledger.errors import MalformedError
from storage.values import Token

app = typer.Typer(add_completion=False, no_args_is_help=True)

_DAY_MS: Final = 86_400_000


@app.command(
    help=tr(
        "Make a token for a party. Its text is shown once, and stored nowhere.",
        "为主体创建令牌。令牌只显示一次，不作任何保存。",
    )
)
def create(
    party: Annotated[str, typer.Argument(help="school:2105020001")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help=", ".join(SCOPES) + tr("; may be repeated.", "；可重复。")),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=3660, help=tr("Ends after so long.", "有效天数。"))
    ] = None,
    rate: Annotated[
        int | None, typer.Option(min=1, help=tr("Requests a second.", "每秒请求数上限。"))
    ] = None,
    label: Annotated[str, typer.Option(help=tr("What it is for.", "用途。"))] = "",
    json: Json = False,
) -> None:
    """Make a token for a party. Its text is shown once, and stored nowhere."""
    scopes = scope or ["post", "read"]
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise MalformedError(
            tr(
                f"no such scope: {', '.join(unknown)}; there are {', '.join(SCOPES)}",
                f"没有权限 {', '.join(unknown)}；可用的有 {', '.join(SCOPES)}",
            )
        )
    subject.check(party, "the party")
    with installation() as opened:
        text, token = opened.store.tokens.issue(
            party,
            scopes,
            label=label,
            expires_at=None if days is None else timestamp.format(now_ms() + days * _DAY_MS),
            requests_per_s=rate,
        )
    show(
        {"token": text, **_row(token)},
        as_json=json,
        labels={
            "token": tr("token (shown once)", "令牌（仅显示一次）"),
            "id": tr("id", "编号"),
            "party": tr("party", "主体"),
            "scopes": tr("scopes", "权限"),
            "expires_at": tr("until", "有效期至"),
        },
    )


@app.command(
    "list",
    help=tr("List tokens; what makes them valid is not among it.", "列出令牌；不含令牌本身。"),
)
def list_(
    party: Annotated[
        str | None, typer.Argument(help=tr("Only this party's.", "仅列出该主体的令牌。"))
    ] = None,
    json: Json = False,
) -> None:
    """List tokens; what makes them valid is not among it."""
    with installation() as opened:
        rows = [_row(token) for token in opened.store.tokens.issued(party)]
    show_rows(
        rows,
        as_json=json,
        labels={
            "id": tr("id", "编号"),
            "party": tr("party", "主体"),
            "scopes": tr("scopes", "权限"),
            "label": tr("for", "用途"),
            "created_at": tr("made", "创建"),
            "expires_at": tr("until", "有效期至"),
            "revoked_at": tr("revoked", "吊销"),
        },
    )


@app.command(
    help=tr(
        "End a token: at once where the command runs, in running services within seconds.",
        "吊销令牌：本机立即生效，运行中的服务数秒内生效。",
    )
)
def revoke(
    token_id: Annotated[
        str, typer.Argument(help=tr("The token's id, not its text.", "令牌的编号，不是令牌本身。"))
    ],
) -> None:
    """End a token: at once where the command runs, in running services within seconds."""
    with installation() as opened:
        opened.store.tokens.revoke(token_id)
    typer.echo(tr(f"token {token_id} is revoked", f"令牌 {token_id} 已吊销"))


def _row(token: Token) -> dict[str, str | int | None]:
    return {
        "id": token.id,
        "party": token.party,
        "scopes": " ".join(sorted(token.scopes)),
        "label": token.label,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "requests_per_s": token.requests_per_s,
    }
