"""The papers that are read (证照种类), and where on them each field of the record stands.

Labels are those of the national forms: 食品经营许可证 (SAMR 2015 form and that of 2023), 食品生产许可证,
营业执照 (2019 form), and the health certificates that health centres print, which vary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from ledger.evidence.numbers import Scheme


@dataclass(frozen=True, slots=True)
class Paper:
    """One kind of paper.

    Attributes:
        kind: the record's `certificate_kind`; `health` for a health certificate.
        title_zh: what stands on top of it.
        scheme: how its number is checked.
        labels: field of the record → labels that stand before it, the surest first.
        dates: which of the fields are days.
        longest_years: how long it is valid at most; None: it may be open-ended.
    """

    kind: str
    title_zh: str
    scheme: Scheme
    labels: Mapping[str, Sequence[str]]
    dates: frozenset[str]
    longest_years: int | None

    @property
    def type(self) -> Literal["certificate", "health-certificate"]:
        """The record's type."""
        return "health-certificate" if self.kind == "health" else "certificate"


_ISSUED: Final = ("签发日期", "发证日期", "发照日期", "核准日期", "签发时间")
_UNTIL: Final = ("有效期至", "有效期限至", "有效期限", "有效期", "有效日期")
_AUTHORITY: Final = ("发证机关", "登记机关", "发证单位", "发证部门", "体检单位", "体检机构")
_DAYS: Final = frozenset({"issued_on", "valid_until"})

PAPERS: Final = (
    Paper(
        "food-business-permit",
        "食品经营许可证",
        "jy",
        {
            "certificate_no": ("许可证编号", "编号"),
            "credit_code": ("统一社会信用代码", "社会信用代码"),
            "name": ("经营者名称",),
            "issuing_authority": _AUTHORITY,
            "issued_on": _ISSUED,
            "valid_until": _UNTIL,
        },
        _DAYS,
        5,
    ),
    Paper(
        "food-production-permit",
        "食品生产许可证",
        "sc",
        {
            "certificate_no": ("许可证编号", "编号"),
            "credit_code": ("统一社会信用代码", "社会信用代码"),
            "name": ("生产者名称",),
            "issuing_authority": _AUTHORITY,
            "issued_on": _ISSUED,
            "valid_until": _UNTIL,
        },
        _DAYS,
        5,
    ),
    Paper(
        "business-licence",
        "营业执照",
        "uscc",
        {
            "certificate_no": ("统一社会信用代码",),
            "name": ("名称",),
            "issuing_authority": _AUTHORITY,
            "issued_on": _ISSUED,
            "valid_until": ("营业期限", "经营期限", "合伙期限", *_UNTIL),
        },
        _DAYS,
        None,
    ),
    Paper(
        "health",
        "健康证",
        "none",
        {
            "certificate_no": ("健康证号", "证件编号", "证书编号", "编号", "证号"),
            "name": ("姓名",),
            "issuing_authority": _AUTHORITY,
            "examined_on": ("体检日期", "检查日期", "体检时间"),
            "issued_on": _ISSUED,
            "valid_until": _UNTIL,
        },
        _DAYS | {"examined_on"},
        1,
    ),
)

TITLES: Final = (
    ("食品经营许可证", "food-business-permit"),
    ("食品生产许可证", "food-production-permit"),
    ("营业执照", "business-licence"),
    ("健康合格证", "health"),
    ("健康证明", "health"),
    ("健康证", "health"),
)
"""What stands on top → kind; the first that is found."""


def paper(kind: str) -> Paper:
    """The paper of that kind; requires one of PAPERS."""
    return next(one for one in PAPERS if one.kind == kind)
