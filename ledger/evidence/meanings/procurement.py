"""What the fields of tenders, awards and contracts mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "bureau": (
        "The bureau's admission side that says it; it must be the issuer.",
        "发布记录的教育局准入部门，须为提交者本身。",
    ),
    "tender_no": ("The bureau's number of the tender.", "招标编号。"),
    "tender.title": ("The tender's title as published.", "招标公告的项目名称。"),
    "tender_kind": ("Whether food (goods) or workers (labour) are bought.", "采购食材或劳务。"),
    "tender.method": ("How offers are sought.", "采购方式。"),
    "published_at": ("When the notice was published.", "公告发布时间。"),
    "closes_at": ("Until when offers may come in.", "投标截止时间。"),
    "opens_at": (
        "When offers are opened, never before the deadline.",
        "开标时间，不得早于投标截止。",
    ),
    "term_from": ("First day on which it holds.", "期限起始日。"),
    "term_until": ("Last day on which it holds, inclusive.", "期限截止日（含当日）。"),
    "tender.packages": ("The parts that are won separately.", "分别评定的标段。"),
    "package_no": ("The number of the part within the tender.", "标段号。"),
    "tender.packages.title": ("What the package is about.", "标段名称。"),
    "tender.packages.ceiling_fen": (
        "The most that may be offered for the package, in fen.",
        "该标段最高限价，单位分。",
    ),
    "winners": ("How many firms may win the package at most.", "该标段最多中标家数。"),
    "tender.ceiling_fen": (
        "Sum of the packages' ceilings, in fen.",
        "各标段最高限价之和，单位分。",
    ),
    "award_no": ("The bureau's number of the award.", "中标编号。"),
    "awarded_to": ("The supplier or labour firm that won.", "中标的供应商或劳务公司。"),
    "bids": ("How many bids were opened.", "开标的投标份数。"),
    "rank": ("Place of the winner among the bids, 1 the best.", "中标者名次，1 为最优。"),
    "awarded_on": (
        "Day of the award; no order under it comes before.",
        "定标日，首单不得早于此日。",
    ),
    "objections_until": ("Last day for objections.", "公示期最后一日。"),
    "tender-award.lines": ("The items won, each with one price.", "中标商品清单，每项一个价格。"),
    "tender-award.amount_fen": (
        "The price of labour for the whole term, in fen.",
        "劳务中标总价，单位分。",
    ),
    "specification": (
        "Grade, cut or packing, as exactly as the price needs.",
        "规格：等级、部位或包装，应足以确定价格。",
    ),
    "discount_bp": (
        "How far below the reference price of the day, in basis points: 1400 is 14 %.",
        "较当日参考价的下浮率，单位万分之一，1400 即 14%。",
    ),
    "purchaser": (
        "The bureau, or the school, that buys; it must be the issuer.",
        "采购方（教育局或学校），须为提交者本身。",
    ),
    "contract_no": ("The purchaser's number of the contract.", "合同编号。"),
    "contract_kind": (
        "Whether it is for food (goods) or workers (labour).",
        "食材合同或劳务合同。",
    ),
    "contractor": ("The supplier or labour firm bound by it.", "合同相对方：供应商或劳务公司。"),
    "contract.schools": ("The schools it covers.", "合同覆盖的学校。"),
    "signed_on": ("Day on which the last side signed.", "最后一方签署之日。"),
    "contract.lines": (
        "The items agreed, where they are not the award's.",
        "约定的商品清单，与中标清单不同时填写。",
    ),
    "contract.amount_fen": ("What may be paid under it at most, in fen.", "合同金额上限，单位分。"),
    "payment_within_days": ("Days from acceptance to payment.", "验收后多少日内付款。"),
    "deposit_fen": ("The contractor's deposit, in fen.", "履约保证金，单位分。"),
    "workers_least": ("How many workers the firm has to send at least.", "劳务公司最少派驻人数。"),
}
"""By field, or by type and path where a type needs its own words."""
