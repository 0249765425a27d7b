"""`mealtrace-gateway enrol`: the key, the log it signs for, and the one-time code."""

import ssl
from typing import Annotated

import typer

from devices.client import ProblemError
from devices.gateway import enrol as enrolment
from devices.gateway.cli.shared import DEFAULT_CONFIG, ConfigFile, Json, print_json, print_rows
from devices.gateway.config import Config, load
from devices.gateway.language import tr
from devices.gateway.wording import KEY_STATES, chosen
from ledger.errors import LedgerError

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Make this gateway's key, and send it with the one-time code of `mealtrace keys enrol`. "
        "Without a code: show where enrolment stands.",
        "生成本网关的密钥，并凭 `mealtrace keys enrol` 的一次性代码提交。不带代码则显示登记进度。",
    )
)
def enrol(
    code: Annotated[
        str | None, typer.Argument(help=tr("The one-time code.", "一次性代码。"))
    ] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> None:
    """Make the key and send it; or show where enrolment stands."""
    settings = load(config)
    key = enrolment.key_of(settings.folder)
    with _client(settings) as client:
        log = client.trusted()
        if code is not None:
            client.send_key(code, key, settings.party)
        state = "waiting" if code is not None else _state(client, key.kid)
    found = {
        "party": settings.party,
        "kid": key.kid,
        "key": state,
        "log": log.origin,
        "fingerprint": log.fingerprint,
        "fingerprint_checked": settings.fingerprint is not None or settings.policy_file is not None,
    }
    if json:
        print_json(found)
        return
    words = chosen(KEY_STATES, "unregistered" if state == "waiting" else state)
    print_rows(
        [
            (tr("party", "主体"), settings.party),
            (tr("key", "密钥"), key.kid),
            (tr("key in the log", "密钥登记"), words),
            (tr("log", "账本"), log.origin),
            (tr("its fingerprint", "账本指纹"), log.fingerprint),
        ]
    )
    if not found["fingerprint_checked"]:
        typer.echo(
            tr(
                "Compare the fingerprint with the one the operator printed, and put it into "
                "gateway.toml: whoever answered just now was believed unchecked.",
                "请与运营方打印的指纹核对，并写入 gateway.toml：本次联系的对方未经核验即被采信。",
            )
        )
    if state in {"waiting", "unregistered"}:
        typer.echo(
            tr(
                f"An authority registers it: mealtrace keys register {key.kid} --authority-key …",
                f"由主管机构登记：mealtrace keys register {key.kid} --authority-key …",
            )
        )


def _client(settings: Config) -> enrolment.Enrolling:
    trust = enrolment.trust_of(settings.folder, settings.fingerprint, settings.policy_file)
    tls = None
    if settings.ca_file is not None:
        tls = ssl.create_default_context(cafile=settings.ca_file)
    try:
        token: str | None = settings.token()
    except LedgerError:
        token = None  # a key is sent without one
    return enrolment.Enrolling(settings.url, token, trust=trust, party=settings.party, tls=tls)


def _state(client: enrolment.Enrolling, kid: str) -> str:
    try:
        return client.key_state(kid)
    except ProblemError:
        return "unknown"
