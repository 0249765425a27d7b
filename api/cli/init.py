"""`mealtrace init`: found a log, once."""

from contextlib import closing
from typing import Annotated

import typer

from api import logs, trust
from api.cli.language import tr
from api.cli.opened import settings
from api.cli.show import Json, show
from api.founding import found

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Make keys, bucket, contract and genesis, anchor it, and write the first admin token.\n\n"
        "What was made already stays; after an interruption the same command goes on.",
        "生成密钥、存储桶、合约与创世记录，将其锚定，并写出首个管理令牌。\n\n"
        "已生成的保持不变；中断后再次执行同一命令即可继续。",
    )
)
def init(
    json: Json = False,
    name: Annotated[str | None, typer.Option(help=tr("Name of the log.", "账本名称。"))] = None,
) -> None:
    """Make keys, bucket, contract and genesis, anchor it, and write the first admin token.

    What was made already stays; after an interruption the same command goes on.
    """
    chosen = settings()
    if name is not None:
        chosen = chosen.model_copy(update={"name": name})
    logs.configure("warning")
    with closing(found(chosen)) as installation:
        text, fingerprint = trust.policy_of(installation)
        head = installation.store.head()
        show(
            {
                "origin": installation.genesis.origin,
                "genesis": installation.ledger.hex(),
                "size": head.size,
                "anchored_size": head.anchored_size,
                "policy": text,
                "policy_fingerprint": fingerprint,
                "admin_token_file": str(chosen.keys_dir / "admin.token"),
            },
            as_json=json,
            labels={
                "origin": tr("origin", "账本"),
                "genesis": tr("genesis (leaf hash)", "创世记录（叶哈希）"),
                "size": tr("entries", "条目数"),
                "anchored_size": tr("anchored entries", "已锚定条目数"),
                "policy_fingerprint": tr("policy fingerprint (print it)", "策略指纹（请打印公布）"),
                "admin_token_file": tr("first admin token", "首个管理令牌"),
            },
        )
