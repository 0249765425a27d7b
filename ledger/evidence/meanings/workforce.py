"""What the fields of staff registrations and rosters mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "staff-registration.staff": (
        "The person's pseudonym of this school year, from POST /v1/pseudonyms.",
        "从业人员本学年的假名，由 POST /v1/pseudonyms 分配。",
    ),
    "staff-registration.canteen": (
        "Where the person works; one registration for each canteen.",
        "工作所在食堂；每个食堂登记一次。",
    ),
    "duty": ("What the person does in the kitchen.", "岗位。"),
    "staff-registration.school_year": (
        "The year in which the pseudonym's school year begins, in September.",
        "假名所属学年的起始年份（九月开始）。",
    ),
    "staff-registration.works_from": (
        "First day of work under this pseudonym.",
        "以该假名上岗的首日。",
    ),
    "staff-registration.works_until": (
        "Last day of work under this pseudonym, within its school year.",
        "以该假名上岗的末日，须在本学年内。",
    ),
    "staff-registration.identity_document": (
        "The kind of document that was seen; its number is not given.",
        "所核验证件的种类；不填写证件号码。",
    ),
    "staff-registration.identity_scheme": ("How the identity was hashed.", "身份摘要算法。"),
    "staff-registration.identity_key": (
        "Which of the bureau's secret keys made the hash; only equal keys can be compared.",
        "生成摘要所用教育局密钥的名称；同一密钥的摘要方可比对。",
    ),
    "staff-registration.identity_hash": (
        "HMAC-SHA256 of the document's kind and number, in hex: shows one person under two IDs.",
        "证件种类与号码的 HMAC-SHA256（十六进制），用于发现一人多证。",
    ),
    "staff-registration.trained_on": (
        "Day of the last food-safety training.",
        "最近一次食品安全培训日期。",
    ),
    "shift-roster.employer": (
        "Whose people these are: the labour firm, or the school itself.",
        "当班人员的用人单位：劳务公司或学校。",
    ),
    "staff-registration.employer": (
        "Whoever employs the person: the labour firm, or the school itself.",
        "用人单位：劳务公司或学校。",
    ),
    "shift-roster.shift_on": ("The day the shift belongs to.", "班次日期。"),
    "shift-roster.shift": ("Which shift of the day.", "班次。"),
    "shift-roster.roster_no": (
        "The employer's own number; tells the parts of a roster of more than 60 people apart.",
        "班次表编号；超过 60 人拆分时用以区分。",
    ),
    "shift-roster.starts_at": (
        "When the shift begins; morning checks are due before it.",
        "班次开始时间，晨检须在此前完成。",
    ),
    "shift-roster.ends_at": ("When the shift ends.", "班次结束时间。"),
    "shift-roster.people": ("Everyone on shift, each once.", "当班人员，每人一项。"),
    "shift-roster.people.staff": ("The person's pseudonym.", "当班人员假名。"),
    "shift-roster.people.health_certificate": (
        "Record of the person's health certificate; its absence becomes a finding.",
        "该人员健康证记录的编号；缺失将成为线索。",
    ),
}
