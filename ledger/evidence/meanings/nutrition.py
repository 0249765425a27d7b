"""What the fields of nutrition profiles and consents mean."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "nutrition-profile.profile_set_no": ("The school's number of the set.", "档案批次编号。"),
    "nutrition-profile.period_from": ("First day the profiles cover.", "档案覆盖首日。"),
    "nutrition-profile.period_until": ("Last day the profiles cover.", "档案覆盖末日。"),
    "nutrition-profile.consent": (
        "Record of the consent under which the data were taken.",
        "采集数据所依据的知情同意记录编号。",
    ),
    "nutrition-profile.profiles": (
        "How many profiles the root covers, at least two: never one child.",
        "根哈希覆盖的档案数，至少两份，不得对应单个学生。",
    ),
    "nutrition-profile.commitment_scheme": ("How the root is computed.", "根哈希算法。"),
    "nutrition-profile.root": (
        "Root over the salted profiles, in hex; it reveals nothing of them.",
        "加盐档案的根哈希（十六进制），不泄露任何内容。",
    ),
    "salt_bits": (
        "Random bits in each leaf; at least 128, or data could be guessed.",
        "每个叶子的随机盐位数，至少 128 位，以防猜测。",
    ),
    "nutrition-profile.custodian": (
        "Which office keeps the data off the log; an office, never a person.",
        "链下数据保管部门，填写部门而非个人。",
    ),
    "nutrition-profile.keep_until": (
        "Day on which the data are destroyed.",
        "数据销毁日期。",
    ),
    "consent.consent_no": ("The school's number of the asking.", "征求同意的编号。"),
    "consent.purpose": (
        "What the data may be used for, and nothing else.",
        "数据用途，不得另作他用。",
    ),
    "consent.audience": ("Who was asked, as a group.", "征询对象群体。"),
    "consent.form_version": (
        "Which version of the words; the empty form may be attached.",
        "同意书文本版本，可附空白表样。",
    ),
    "consent.valid_from": ("First day the consent holds.", "同意生效日期。"),
    "consent.valid_until": ("Last day it holds.", "同意失效日期。"),
    "consent.asked": ("How many were asked.", "征询人数。"),
    "consent.given": (
        "How many agreed, those included who withdrew later.",
        "同意人数（含其后撤回者）。",
    ),
    "consent.refused": ("How many refused.", "拒绝人数。"),
    "consent.withdrawn": ("How many of those who agreed withdrew since.", "其后撤回人数。"),
    "consent.custodian": (
        "Which office keeps the signed forms off the log; an office, never a person.",
        "签署表保管部门，填写部门而非个人。",
    ),
    "consent.forms_root": (
        "RFC 6962 root over the salted signed forms, which stay with the custodian.",
        "加盐签署表的 RFC 6962 根哈希，原件由保管部门保存。",
    ),
}
