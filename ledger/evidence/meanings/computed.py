"""What everything computed by the rule engine says of how it was computed."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "policy_name": (
        "Name of the policy record by which it was computed or decided.",
        "计算或决定所依据的规则名称。",
    ),
    "policy_version": (
        "Version of that policy.",
        "该规则的版本号。",
    ),
    "as_of_size": (
        "How many first entries of the log were looked at; what came later is not in it.",
        "计算时所依据的账本前若干条目数；其后的记录不在其内。",
    ),
    "inputs": (
        "How many entries it was computed from.",
        "参与计算的条目数。",
    ),
    "inputs_root": (
        "RFC 6962 root over those entries' leaf hashes in log order, in hex.",
        "这些条目按账本顺序的叶哈希之 RFC 6962 根（十六进制）。",
    ),
    "factors": (
        "The parts of the score; their weights add up to 10,000.",
        "评分各项，权重合计为 10000。",
    ),
    "factors.factor_code": (
        "Which part.",
        "评分项。",
    ),
    "factors.value_ppm": (
        "How much of the whole scale this part reaches, in millionths.",
        "该项得分（百万分比）。",
    ),
    "factors.weight_bp": (
        "What this part weighs, in hundredths of a percent.",
        "该项权重（万分比）。",
    ),
    "risk-assessment.score_ppm": (
        "Sum of value × weight in millionths, half rounded up; the higher, the worse.",
        "各项得分乘权重之和（百万分比，四舍五入），越高风险越大。",
    ),
    "rating.score_ppm": (
        "Sum of value × weight in millionths, half rounded up; the higher, the better.",
        "各项得分乘权重之和（百万分比，四舍五入），越高越好。",
    ),
}
