"""Staff: who is fit to work in a kitchen."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "employer": (
        "Who employs the person: a labour firm or the school.",
        "用人单位：劳务公司或学校。",
    ),
    "examined_on": (
        "Day of the health examination.",
        "体检日期。",
    ),
    "checked_at": (
        "When the person was checked.",
        "晨检时间。",
    ),
    "identity_method": (
        "How the person was recognised.",
        "身份识别方式。",
    ),
    "identity_score_ppm": (
        "How sure the recognition was, in millionths.",
        "身份识别置信度（百万分比）。",
    ),
    "forehead_mC": (
        "Temperature of the forehead in thousandths of a degree Celsius.",
        "额温（千分之一摄氏度）。",
    ),
    "hands": (
        "What was found on both hands; true where it was found.",
        "双手检查结果，发现则为 true。",
    ),
    "hands.wound": (
        "A wound.",
        "伤口。",
    ),
    "hands.nails": (
        "Long nails.",
        "指甲过长。",
    ),
    "hands.ring": (
        "A ring or other jewellery.",
        "戒指等饰物。",
    ),
    "hands.polish": (
        "Nail polish.",
        "指甲油。",
    ),
    "hands.plaster": (
        "A plaster.",
        "创可贴。",
    ),
    "hands.foreign_body": (
        "Anything else that does not belong there.",
        "其他异物。",
    ),
    "symptoms": (
        "Symptoms asked for and found; empty where there were none.",
        "询问并发现的症状；没有则为空数组。",
    ),
    "health_certificate": (
        "Id of the health certificate in force.",
        "在有效期内的健康证记录编号。",
    ),
    "morning-check.result": (
        "Whether the person may work today: fit or unfit.",
        "晨检结论：fit 可上岗、unfit 不可上岗。",
    ),
    "decided_by": (
        "The machine or rule that decided, with its version; no person's name.",
        "作出结论的设备或规则及其版本；不得填写姓名。",
    ),
}
