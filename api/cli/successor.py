"""`mealtrace successor`: a new log whose genesis names the last checkpoint of a lost one."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from api import logs, trust
from api.cli.language import tr
from api.cli.opened import settings
from api.cli.show import Json, show
from api.succession import last_checkpoint, mark_beside, succeed
from ledger import checkpoint as checkpoints
from ledger import note

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Open a new log where the settings say, whose genesis names the lost log's last "
        "checkpoint.\n\n"
        "It needs an origin, a database and a key folder of its own. What the lost log proved stays "
        "proven: keep its policy, backups and keys.",
        "在配置所指位置开立新账本，其创世记录写明已丢失账本的最后检查点。\n\n"
        "新账本须有自己的 origin、数据库和密钥目录。旧账本已证明的内容依然有效："
        "请保留其策略、备份和密钥。",
    )
)
def successor(
    policy: Annotated[
        Path | None,
        typer.Option(help=tr("Policy file that names the lost log.", "写明旧账本的策略文件。")),
    ] = None,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option(
            help=tr(
                "File with a checkpoint of the lost log; may be given again.",
                "旧账本的检查点文件；可重复给出。",
            )
        ),
    ] = None,
    backup: Annotated[
        Path | None,
        typer.Option(help=tr("Backup folder of the lost log.", "旧账本的备份目录。")),
    ] = None,
    old_keys: Annotated[
        Path | None,
        typer.Option(
            help=tr(
                "Key folder of the lost log: its mark and log.key.",
                "旧账本的密钥目录：已发布标记与 log.key。",
            )
        ),
    ] = None,
    old_bucket: Annotated[
        str | None,
        typer.Option(
            help=tr(
                "Bucket of the lost log on the S3 server of the settings: its mark lies beside it.",
                "旧账本在配置所指 S3 服务器上的存储桶：其已发布标记就在旁边。",
            )
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Open a new log whose genesis names the lost log's last checkpoint."""
    chosen = settings()
    last = last_checkpoint(
        policy=policy,
        old_keys=old_keys,
        notes=checkpoint or [],
        backup=backup,
        old_mark=None if old_bucket is None else mark_beside(chosen, old_bucket),
    )
    logs.configure("warning")
    with closing(succeed(chosen, last)) as installation:
        text, fingerprint = trust.policy_of(installation)
        lost = checkpoints.parse(note.parse(last).text)
        show(
            {
                "origin": installation.genesis.origin,
                "genesis": installation.ledger.hex(),
                "successor_of": f"{lost.origin} {lost.size}",
                "successor_of_root": lost.root.hex(),
                "policy": text,
                "policy_fingerprint": fingerprint,
                "admin_token_file": str(chosen.keys_dir / "admin.token"),
            },
            as_json=json,
            labels={
                "origin": tr("origin", "账本"),
                "genesis": tr("genesis (leaf hash)", "创世记录（叶哈希）"),
                "successor_of": tr("after the log, of size", "前一账本及其条数"),
                "successor_of_root": tr("its root", "其根"),
                "policy_fingerprint": tr("policy fingerprint (print it)", "策略指纹（请打印公布）"),
                "admin_token_file": tr("first admin token", "首个管理令牌"),
            },
        )
