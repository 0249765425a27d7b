"""What the fields of lot documents, stock moves and recalls mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "lot-document.document_kind": (
        "What kind of paper goes with the lot, a quarantine certificate for instance.",
        "随批次单证的种类，例如检疫票。",
    ),
    "lot-document.document_no": ("Number printed on the paper.", "单证编号。"),
    "lot-document.result": (
        "What the paper says of the lot: pass or fail.",
        "单证结论：合格（pass）或不合格（fail）。",
    ),
    "lot-document.origin": ("Where the lot came from.", "产地或启运地。"),
    "lot-document.destination": ("Where the lot was going.", "到达地。"),
    "stock-move.move_no": ("Number of the move in the stock book.", "台账流水号。"),
    "stock-move.move_kind": (
        "What happened: received, issued, returned, wasted or counted.",
        "变动类型：入库、出库、退回、报废或盘点。",
    ),
    "stock-move.basis": (
        "What the figures rest on: a weigh-in, an acceptance, a count, or somebody's hand.",
        "数据来源：称重、验收、盘点或人工录入（hand）。",
    ),
    "stock-move.moved_at": ("When the goods were moved.", "变动时间。"),
    "stock-move.store": ("Which store room.", "库房。"),
    "stock-move.stock_before": ("Stock before the move, in `unit`.", "变动前库存，单位见 `unit`。"),
    "stock-move.stock_after": ("Stock after the move, in `unit`.", "变动后库存，单位见 `unit`。"),
    "stock-move.reason_code": ("Why goods were wasted or returned.", "报废或退回的原因。"),
    "recall.recall_no": ("Number of the recall.", "召回编号。"),
    "recall.notice_no": (
        "Which notice of this recall it is, from 1.",
        "本次召回的第几号通知，从 1 起。",
    ),
    "recall.stage": (
        "Whether the recall is opened, extended to more lots, or closed.",
        "召回阶段：启动、扩大或结束。",
    ),
    "recall.lots": (
        "Numbers of the lots that are recalled; their trace lists everything downstream.",
        "被召回的批次号；其追溯图列出全部下游。",
    ),
    "recall.reason_code": ("Why the lots are recalled.", "召回原因。"),
    "recall.hazard_class": (
        "How dangerous it is: minor, major or critical.",
        "危害等级：一般、较大或重大。",
    ),
    "recall.action": (
        "What is to be done with what is left: hold, return or destroy.",
        "对剩余品的处置：封存、退回或销毁。",
    ),
    "recall.discovered_at": ("When the fault was discovered.", "发现问题的时间。"),
    "recall.distributed_quantity": (
        "What went out of these lots in all, in `unit`.",
        "这些批次已发出的总量，单位见 `unit`。",
    ),
    "recall.recovered_quantity": (
        "What of it came back so far, in `unit`.",
        "其中已收回的数量，单位见 `unit`。",
    ),
    "recall.schools": ("The schools that got some of it.", "收到该批次的学校。"),
}
