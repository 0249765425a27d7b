"""What the fields of tenders, awards, contracts and reference prices mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "bureau": (
        "The education bureau's party that decides and speaks here.",
        "作出并发布该事项的教育局主体。",
    ),
    "term_from": ("First day of the term.", "期限的首日。"),
    "term_until": ("Last day of the term, inclusive.", "期限的末日（含当日）。"),
    "specification": (
        "Grade, size or packing that the price holds for.",
        "价格所对应的等级、规格或包装。",
    ),
    "discount_bp": (
        "Discount on the reference price in hundredths of a percent: 500 is 5 %.",
        "相对参考价的下浮率，单位为万分之一：500 即 5 %。",
    ),
    "tender_no": ("The bureau's number of the tender.", "招标编号。"),
    "package_no": ("Number of the package within the tender.", "标段号。"),
    "tender.title": ("What is tendered, in a few words.", "招标项目名称。"),
    "tender.tender_kind": (
        "Whether food (goods) or staff (labour) is bought.",
        "集采类别：食材（goods）或劳务（labour）。",
    ),
    "tender.published_at": ("When the tender was published.", "招标公告发布时间。"),
    "tender.closes_at": ("Last moment for offers.", "投标截止时间。"),
    "tender.opens_at": ("When the offers are opened.", "开标时间。"),
    "tender.packages": ("The parts that are won one by one.", "分别评标的各标段。"),
    "tender.packages.title": ("What the package is for.", "标段名称。"),
    "tender.packages.ceiling_fen": (
        "Highest price taken for the package, in fen.",
        "该标段最高限价，单位分。",
    ),
    "tender.packages.winners": ("How many firms may win the package.", "该标段可中标的家数。"),
    "tender.ceiling_fen": (
        "Sum of the packages' ceilings, in fen.",
        "各标段最高限价之和，单位分。",
    ),
    "award_no": ("The bureau's number of the award.", "中标编号。"),
    "tender-award.awarded_to": ("The firm that won.", "中标单位。"),
    "tender-award.bids": ("How many offers were opened.", "开标的投标份数。"),
    "tender-award.rank": ("Place of the winner among the offers.", "中标单位的评标名次。"),
    "tender-award.awarded_on": ("Day of the award.", "定标日期。"),
    "tender-award.objections_until": (
        "Last day on which others may object.",
        "公示异议期的末日。",
    ),
    "contract.purchaser": ("The bureau or school that buys.", "采购方：教育局或学校。"),
    "contract_no": ("Number of the contract.", "合同编号。"),
    "contract.contract_kind": (
        "Whether food (goods) or staff (labour) is bought.",
        "合同类别：食材（goods）或劳务（labour）。",
    ),
    "contract.contractor": ("The firm that delivers.", "供应方。"),
    "contract.schools": ("The schools that the contract covers.", "合同覆盖的学校。"),
    "contract.signed_on": ("Day on which both sides had signed.", "双方签订日期。"),
    "contract.payment_within_days": (
        "Days from acceptance to payment, at most.",
        "验收后付款的最长天数。",
    ),
    "contract.deposit_fen": ("Performance deposit, in fen.", "履约保证金，单位分。"),
    "contract.workers_least": (
        "Fewest staff that the labour firm has on each shift.",
        "劳务公司每班最少在岗人数。",
    ),
    "reference-price.list_no": ("Number of the price list.", "价格表编号。"),
    "reference-price.region": ("Where the prices were found.", "采价区域。"),
    "reference-price.source": ("Who found the prices, and where.", "价格来源。"),
    "reference-price.surveyed_from": ("First day of the survey.", "采价首日。"),
    "reference-price.surveyed_until": ("Last day of the survey.", "采价末日。"),
    "reference-price.line_prices.lowest_fen": (
        "Lowest price found, in fen for each price unit.",
        "所采最低价，单位分，按计价单位。",
    ),
    "reference-price.line_prices.highest_fen": (
        "Highest price found, in fen for each price unit.",
        "所采最高价，单位分，按计价单位。",
    ),
    "reference-price.line_prices.quotes": (
        "How many quotes stand behind the price.",
        "支撑该价格的采价份数。",
    ),
}
