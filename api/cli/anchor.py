"""`mealtrace anchor`: put the log's head on the chain now, or list what stands there."""

from typing import Annotated

import typer

from api.cli.language import tr
from api.cli.opened import installation
from api.cli.show import Json, show_rows
from api.installation import Installation
from ledger import timestamp
from ledger.anchor_progress import AnchorProgress
from ledger.errors import ConflictError

app = typer.Typer(add_completion=False)


@app.command(
    help=tr(
        "Anchor the newest checkpoint and wait until it is in a block.",
        "锚定最新检查点，并等待其进入区块。",
    )
)
def anchor(
    list_only: Annotated[
        bool,
        typer.Option(
            "--list", help=tr("Anchor nothing, list the anchors.", "不锚定，仅列出锚点。")
        ),
    ] = False,
    wait: Annotated[
        float, typer.Option(min=1, help=tr("Seconds to wait for a block.", "等待出块的秒数。"))
    ] = 120.0,
    json: Json = False,
) -> None:
    """Anchor the newest checkpoint and wait until it is in a block."""
    with installation() as opened:
        rows = (
            [row for row in opened.store.anchors.all() if row.size]
            if list_only
            else [_anchor_now(opened, wait)]
        )
    show_rows(
        [_row(row) for row in rows],
        as_json=json,
        labels={
            "size": tr("size", "条数"),
            "state": tr("state", "状态"),
            "block_number": tr("block", "区块"),
            "block_time": tr("time", "时间"),
            "tx_hash": tr("transaction", "交易"),
            "detail": tr("detail", "说明"),
        },
    )


def _anchor_now(opened: Installation, wait_s: float) -> AnchorProgress:
    with opened.anchoring() as anchoring:
        if anchoring is None:
            raise ConflictError(
                tr(
                    "this installation anchors nowhere: no chain, or no target of its account",
                    "本安装没有可用的锚定目标：未配置链，或账户不是任何目标的登记者",
                )
            )
        return anchoring.settle(opened.store.head().size, timeout_s=wait_s)


def _row(row: AnchorProgress) -> dict[str, str | int | None]:
    mined = row.mined
    return {
        "size": row.size,
        "state": row.state.value,
        "block_number": None if mined is None else mined.block_number,
        "block_time": None if mined is None else timestamp.format(1000 * mined.block_timestamp_s),
        "tx_hash": None if mined is None else mined.tx_hash,
        "detail": row.detail,
    }
