"""`mealtrace keys`: the keys issuers sign with, from making them to revoking them.

The service's own keys are changed by the commands of `service_keys.py`.

A key enters the log with a proof that its holder asked for it, under the signature of an authority
that genesis names; registered by the operator alone, every verdict says so.
"""

import json as json_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api import key_files
from api.cli import reasons, service_keys
from api.cli.erase import erase
from api.cli.language import tr
from api.cli.opened import installation
from api.cli.show import Json, print_json, show_rows
from api.govern import say
from api.installation import Installation
from devices.client.keys import SigningKey
from ledger import jwk
from ledger.errors import MalformedError, NotFoundError
from ledger.governance import KeyRegistration

app = typer.Typer(add_completion=False, no_args_is_help=True)
app.add_typer(service_keys.app)

_CODE_S: Final = 7 * 86_400

KeyFile = Annotated[
    Path,
    typer.Argument(
        help=tr("The private key's file; .jwk, else PEM.", "私钥文件；.jwk，否则为 PEM。")
    ),
]
Authority = Annotated[
    str | None,
    typer.Option(
        help=tr(
            "The authority that vouches; else the operator.", "作担保的主管机构；否则为运营方。"
        )
    ),
]
AuthorityKey = Annotated[
    Path | None, typer.Option(help=tr("The authority's private key.", "主管机构的私钥。"))
]


_A_KID_MAY_BEGIN_WITH_A_DASH: Final = {"ignore_unknown_options": True}


@app.command(
    help=tr(
        "Make a key in a file that only its owner may read; print its public half.",
        "生成密钥，存入仅所有者可读的文件，并输出公钥。",
    )
)
def generate(file: KeyFile, json: Json = False) -> None:
    """Make a key in a file that only its owner may read; print its public half."""
    key = SigningKey.generate()
    key.save(file)
    _print_key(key.kid, key.public_jwk, as_json=json)


@app.command(
    help=tr(
        "Print the public half of a key, as a file of authorities holds it.",
        "输出公钥，格式同主管机构文件。",
    )
)
def public(file: KeyFile, json: Json = False) -> None:
    """Print the public half of a key, as a file of authorities holds it."""
    key = SigningKey.load(file)
    _print_key(key.kid, key.public_jwk, as_json=json)


@app.command(
    help=tr(
        "Print a proof of possession, to be sent with the key to whoever registers it.",
        "输出持有证明，与密钥一并交给登记方。",
    )
)
def prove(
    party: Annotated[
        str, typer.Argument(help=tr("The party the key shall speak for.", "该密钥所代表的主体。"))
    ],
    file: KeyFile,
    genesis: Annotated[
        str | None,
        typer.Option(
            help=tr(
                "Genesis of the log, from its policy; else the settings'.",
                "账本的创世哈希，取自其策略；否则取自配置。",
            )
        ),
    ] = None,
) -> None:
    """Print a proof of possession, to be sent with the key to whoever registers it."""
    key = SigningKey.load(file)
    if genesis is None:
        with installation() as opened:
            ledger = opened.ledger
    else:
        ledger = _hash(genesis)
    print_json({"party": party, "jwk": key.public_jwk, "possession": key.possession(ledger, party)})


@app.command(
    help=tr(
        "Make a one-time code with which a device sends its key (POST /v1/enrolments).",
        "生成一次性代码，供设备提交其密钥（POST /v1/enrolments）。",
    )
)
def enrol(
    party: Annotated[
        str, typer.Argument(help=tr("The party that shall send a key.", "将提交密钥的主体。"))
    ],
    json: Json = False,
) -> None:
    """Make a one-time code with which a device sends its key (POST /v1/enrolments)."""
    with installation() as opened:
        code = opened.store.tokens.open_enrolment(party, _CODE_S)
    if json:
        print_json({"party": party, "code": code})
    else:
        typer.echo(tr(f"one-time code, 7 days: {code}", f"一次性代码（7 天内有效）：{code}"))


@app.command(
    help=tr("List keys that were sent and wait to be registered.", "列出已提交、待登记的密钥。")
)
def waiting(json: Json = False) -> None:
    """List keys that were sent and wait to be registered."""
    with installation() as opened:
        rows = _waiting(opened)
    show_rows(rows, as_json=json, labels={"party": tr("party", "主体"), "kid": tr("key", "密钥")})


@app.command(
    context_settings=_A_KID_MAY_BEGIN_WITH_A_DASH,
    help=tr(
        "Register a key in the log, under an authority's signature.",
        "经主管机构签名，将密钥登记到账本。",
    ),
)
def register(
    proof: Annotated[
        str,
        typer.Argument(
            help=tr(
                "A file of `keys prove`, or the kid of a waiting key.",
                "`keys prove` 输出的文件，或待登记密钥的 kid。",
            )
        ),
    ],
    authority: Authority = None,
    authority_key: AuthorityKey = None,
) -> None:
    """Register a key in the log, under an authority's signature."""
    with installation() as opened:
        issuer, key = _issuer(opened, authority, authority_key)
        payload = _payload(opened, proof)
        done = say(opened, "key-registration", payload, issuer=issuer, key=key)
        kid = KeyRegistration.of_json(payload).kid
    typer.echo(
        tr(
            f"key {kid} of {payload['party']} is registered in entry {done.index}",
            f"{payload['party']} 的密钥 {kid} 已登记，见第 {done.index} 条",
        )
    )


@app.command(
    context_settings=_A_KID_MAY_BEGIN_WITH_A_DASH,
    help=tr(
        "Revoke a key: what it signs from the next entry on counts no more.",
        "吊销密钥：自下一条起，其签名不再有效。",
    ),
)
def revoke(
    kid: Annotated[
        str, typer.Argument(help=tr("Thumbprint of the key to revoke.", "要吊销的密钥的指纹。"))
    ],
    reason: Annotated[str, typer.Option(help=tr("Why.", "原因。"))],
    authority: Authority = None,
    authority_key: AuthorityKey = None,
    key_file: Annotated[
        Path | None,
        typer.Option(
            "--key", help=tr("A key of the party itself, instead.", "改用该主体自己的密钥。")
        ),
    ] = None,
) -> None:
    """Revoke a key: what it signs from the next entry on counts no more."""
    with installation() as opened:
        if key_file is not None:
            known = opened.store.registry().standing.keys.get(kid)
            if known is None:
                raise NotFoundError(tr(f"no key {kid} is registered", f"未登记密钥 {kid}"))
            issuer, key = known.party, SigningKey.load(key_file)
        else:
            issuer, signing = _issuer(opened, authority, authority_key)
            if signing is None:
                raise MalformedError(
                    tr(
                        "a revocation is signed: give --authority-key or --key",
                        "吊销须签名：请给出 --authority-key 或 --key",
                    )
                )
            key = signing
        done = say(opened, "key-revocation", {"kid": kid, "reason": reason}, issuer=issuer, key=key)
    typer.echo(
        tr(
            f"key {kid} is revoked in entry {done.index}",
            f"密钥 {kid} 已吊销，见第 {done.index} 条",
        )
    )


app.command(
    help=tr(
        "Destroy the keys of a record's contents: an erasure, with its reason, in the log.",
        "销毁记录内容的密钥：即清除，理由记入账本。",
    )
)(erase)


@app.command(
    "list", help=tr("List registered keys with who vouches for them.", "列出已登记的密钥及担保方。")
)
def list_(json: Json = False) -> None:
    """List registered keys with who vouches for them."""
    with installation() as opened:
        rows = [
            {
                "kid": kid,
                "party": key.party,
                "registered_at": key.registered_at,
                "revoked_at": key.revoked_at,
                "vouched_by": tr("authority", "授权机构")
                if key.by_authority
                else tr("operator only", "仅运营方"),
            }
            for kid, key in opened.store.registry().standing.keys.items()
        ]
    show_rows(
        rows,
        as_json=json,
        labels={
            "kid": tr("key", "密钥"),
            "party": tr("party", "主体"),
            "registered_at": tr("from entry", "起始条目"),
            "revoked_at": tr("until entry", "终止条目"),
            "vouched_by": tr("vouched for by", "担保方"),
        },
    )


def _issuer(
    opened: Installation, authority: str | None, file: Path | None
) -> tuple[str, SigningKey | None]:
    """Who says it: the authority whose key is in the file, else the operator, unsigned."""
    if file is None:
        if authority is not None:
            raise MalformedError(
                tr(
                    "an authority signs: give --authority-key",
                    "授权方须签名：请给出 --authority-key",
                )
            )
        return opened.operator, None
    key = SigningKey.load(file)
    if authority is not None:
        return authority, key
    known = opened.store.registry().standing.keys.get(key.kid)
    if known is None:
        raise NotFoundError(tr(f"the log knows no key {key.kid}", f"账本中没有密钥 {key.kid}"))
    return known.party, key


def _payload(opened: Installation, proof: str) -> dict[str, Any]:
    for row in _waiting(opened):
        if row["kid"] == proof:
            return {name: row[name] for name in ("party", "jwk", "possession")}
    path = Path(proof)
    if not path.exists():
        raise NotFoundError(
            tr(
                f"{proof} is neither a file nor the kid of a waiting key",
                f"{proof} 既不是文件，也不是待登记密钥的 kid",
            )
        )
    try:
        value = json_module.loads(path.read_bytes())
        return {name: value[name] for name in ("party", "jwk", "possession")}
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError(
            tr(
                f"{path} is no output of `mealtrace keys prove`: {error}",
                f"{path} 不是 `mealtrace keys prove` 的输出：{reasons.chinese(str(error)) or error}",
            )
        ) from error


def _waiting(opened: Installation) -> list[dict[str, Any]]:
    known = opened.store.registry().standing.keys
    rows = []
    for enrolment in opened.store.tokens.waiting_enrolments():
        sent = json_module.loads(enrolment.jwk or "null")
        kid = jwk.thumbprint(jwk.parse(sent))
        if kid not in known:
            rows.append(
                {
                    "party": enrolment.party,
                    "kid": kid,
                    "jwk": sent,
                    "possession": enrolment.possession,
                }
            )
    return rows


def _hash(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != key_files.KEY_SIZE:
        raise MalformedError(
            tr(
                "genesis is 64 hex digits, as the policy's line `# genesis` has them",
                "genesis 应为 64 位十六进制数，见策略文件的 `# genesis` 行",
            )
        )
    return found


def _print_key(kid: str, public_jwk: Any, *, as_json: bool) -> None:
    if as_json:
        print_json({"kid": kid, "jwk": public_jwk})
    else:
        typer.echo(f"kid {kid}\njwk {json_module.dumps(public_jwk)}")
