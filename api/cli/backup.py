"""`mealtrace backup`: a consistent copy of the log while it runs, and its wrapped keys apart."""

import errno
from pathlib import Path
from typing import Annotated

import typer

from api.cli import exits
from api.cli.language import tr
from api.cli.opened import settings
from api.cli.show import Json, show
from api.installation import EMBEDDED_CHAIN, open_installation
from ledger.errors import ConflictError
from storage.backup import back_up
from storage.watch import BACKUP

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Bring a backup folder up to the log's head; what is in it already is not copied again.\n\n"
        "Keys of the installation are never in it; wrapped data keys go into a folder apart, which "
        "is to be kept for 30 days at most.",
        "将备份目录更新到账本最新状态；已有内容不再复制。\n\n"
        "安装的密钥绝不写入备份；封装后的数据密钥另存于单独目录，最多保留 30 天。",
    )
)
def backup(
    folder: Annotated[Path, typer.Argument(help=tr("Folder of the backup.", "备份目录。"))],
    wrapped_keys: Annotated[
        Path,
        typer.Option(
            help=tr(
                "Folder of the wrapped keys, on another medium.",
                "封装密钥的目录，应在另一介质上。",
            )
        ),
    ],
    json: Json = False,
) -> None:
    """Bring a backup folder up to the log's head; what is in it already is not copied again."""
    chosen = settings()
    installation = open_installation(chosen, read_only=True)
    try:
        done = back_up(
            installation.store,
            installation.blobs,
            folder,
            wrapped_keys,
            chain=chosen.data_dir / EMBEDDED_CHAIN if chosen.chain == "embedded" else None,
        )
        made = {"made_at": done.manifest.made_at, "size": done.manifest.head.size}
        installation.store.upkeep.set_chore(BACKUP, made)
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise ConflictError(
            tr(
                f"no space is left for the backup in {folder}, or for the wrapped keys in "
                f"{wrapped_keys}; the backup before is as it was. Make room, or move the whole "
                "folder to a larger disk, and type the same command again",
                f"备份目录 {folder} 或封装密钥目录 {wrapped_keys} 所在磁盘已满；"
                "上一份备份完好。请腾出空间，或将整个目录移到更大的磁盘，然后再次执行同一命令",
            )
        ) from error
    finally:
        installation.close()
    manifest = done.manifest
    show(
        {
            "size": manifest.head.size,
            "root": manifest.head.root.hex(),
            "made_at": manifest.made_at,
            "files": done.files,
            "blobs": done.blobs,
            "bytes": done.bytes,
            "wrapped_keys": str(wrapped_keys / manifest.wrapped_keys.name),
            "missing_blobs": list(manifest.missing_blobs),
            "checkpoint": manifest.checkpoint,
        },
        as_json=json,
        labels={
            "size": tr("entries", "条目数"),
            "root": tr("root", "根"),
            "made_at": tr("made at", "备份时间"),
            "files": tr("files written", "写入文件数"),
            "blobs": tr("blobs copied", "复制的附件数"),
            "bytes": tr("bytes written", "写入字节数"),
            "wrapped_keys": tr("wrapped keys (keep 30 days)", "封装密钥（保留 30 天）"),
        },
    )
    if manifest.missing_blobs:
        typer.echo(
            tr(
                f"{len(manifest.missing_blobs)} blobs that records name are not in the store; "
                "`mealtrace audit` says which",
                f"有 {len(manifest.missing_blobs)} 个记录所列的附件不在存储中；"
                "请用 `mealtrace audit` 查看",
            ),
            err=True,
        )
        raise typer.Exit(exits.FAILED)
