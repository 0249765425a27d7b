"""`mealtrace keys rotate-log` and `keys anchor-target`: the service's own keys, changed."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.language import tr
from api.cli.opened import settings
from api.cli.show import Json, print_json, show
from api.installation import open_installation

app = typer.Typer(add_completion=False)


@app.command(
    "rotate-log",
    help=tr(
        "Replace the key that signs checkpoints; the service may run on.\n\n"
        "Old and new key sign the change, and the old private key is deleted. After an "
        "interruption the same command goes on.",
        "更换签署检查点的密钥；服务可继续运行。\n\n"
        "新旧密钥共同签署此次更换，旧私钥随即删除。中断后再次执行同一命令即可继续。",
    ),
)
def rotate_log(
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare",
            help=tr(
                "Only write the new key beside the old one, to be brought to other machines first.",
                "仅将新密钥写在旧密钥之后，以便先分发到其他机器。",
            ),
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Replace the key that signs checkpoints; the service may run on."""
    from api import trust  # noqa: PLC0415 - only here
    from api.cli.rotation import rotate_log_key  # noqa: PLC0415 - only here

    chosen = settings()
    done = rotate_log_key(chosen, prepare=prepare)
    fingerprint = None
    if done.index is not None:
        opened = open_installation(chosen, read_only=True)
        try:
            fingerprint = trust.policy_of(opened)[1]
        finally:
            opened.close()
    if json:
        print_json(
            {
                "old_vkey": done.old_vkey,
                "new_vkey": done.new_vkey,
                "index": done.index,
                "policy_fingerprint": fingerprint,
            }
        )
    elif done.index is None:
        typer.echo(
            tr(
                f"{done.new_vkey} lies in log.key and signs nothing yet: bring the file to every "
                "machine of the service, then type `mealtrace keys rotate-log`",
                f"{done.new_vkey} 已写入 log.key，尚未启用：请将该文件分发到服务的每台机器，"
                "然后执行 `mealtrace keys rotate-log`",
            )
        )
    else:
        typer.echo(
            tr(
                f"{done.new_vkey} signs since entry {done.index}; "
                f"print the policy's new fingerprint: {fingerprint}",
                f"自第 {done.index} 条起由 {done.new_vkey} 签名；"
                f"请打印公布新的策略指纹：{fingerprint}",
            )
        )


@app.command(
    "anchor-target",
    help=tr(
        "Anchor under a further contract: after a theft of the anchoring key (--new-key), or on "
        "another chain.\n\n"
        "An authority signs the record. Without its key the record is printed, for the authority "
        "to post; then the same command goes on. Anchors made before stay valid.",
        "增设锚定合约：用于锚定密钥被盗之后（--new-key），或改用另一条链。\n\n"
        "该记录须由主管机构签名。未提供其私钥时仅输出该记录，由主管机构提交；"
        "之后再次执行同一命令即可继续。此前的锚点依然有效。",
    ),
)
def anchor_target(
    new_key: Annotated[
        bool,
        typer.Option(
            "--new-key", help=tr("Draw a new anchoring key first.", "先生成新的锚定密钥。")
        ),
    ] = False,
    authority: Annotated[
        str | None,
        typer.Option(help=tr("The authority that signs.", "签名的主管机构。")),
    ] = None,
    authority_key: Annotated[
        Path | None, typer.Option(help=tr("The authority's private key.", "主管机构的私钥。"))
    ] = None,
    wait: Annotated[
        float, typer.Option(min=1, help=tr("Seconds to wait for a block.", "等待出块的秒数。"))
    ] = 120.0,
    json: Json = False,
) -> None:
    """Anchor under a further contract: after a theft of the key, or on another chain."""
    from api.cli.reanchoring import reanchor  # noqa: PLC0415 - only here

    done = reanchor(
        settings(), new_key=new_key, authority=authority, authority_key=authority_key, wait_s=wait
    )
    if done.index is None or done.anchor is None:
        print_json({"type": "anchor-target", "payload": done.target.to_json()})
        typer.echo(
            tr(
                "an authority signs and posts this record; then type the same command again",
                "请由主管机构签名并提交此记录，然后再次执行同一命令",
            ),
            err=True,
        )
        return
    show(
        {
            "index": done.index,
            **done.target.to_json(),
            "size": done.anchor.size,
            "state": done.anchor.state.value,
        },
        as_json=json,
        labels={
            "index": tr("target since entry", "目标自此条起"),
            "chain_id": tr("chain", "链"),
            "contract": tr("contract", "合约"),
            "registrant": tr("account", "账户"),
            "size": tr("anchored entries", "已锚定条目数"),
        },
    )
    typer.echo(
        tr(
            "start `mealtrace worker` (or `serve`) anew: a running one anchors under the old target",
            "请重新启动 `mealtrace worker`（或 `serve`）：运行中的进程仍使用旧目标",
        ),
        err=True,
    )
