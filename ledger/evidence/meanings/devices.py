"""Devices: the calibration of a scale."""

from collections.abc import Mapping
from typing import Final

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "accuracy_class": (
        "Accuracy class on the certificate, III for instance.",
        "证书所载准确度等级，如 III。",
    ),
    "laboratory": (
        "Who verified or calibrated it.",
        "检定或校准机构。",
    ),
    "calibration.method": (
        "What was done: initial or periodic verification, or calibration.",
        "方式：首次检定、周期检定或校准。",
    ),
    "calibrated_on": (
        "Day it was done.",
        "检定日期。",
    ),
    "capacity_g": (
        "The most the scale weighs, in grams.",
        "最大称量（克）。",
    ),
    "points": (
        "The test weights put on, and what was shown for each.",
        "检定点：所加砝码与示值。",
    ),
    "applied_g": (
        "The test weight, in grams.",
        "所加砝码（克）。",
    ),
    "shown_g": (
        "What the scale showed for it, in grams.",
        "秤的示值（克）。",
    ),
    "calibration.result": (
        "Whether the scale may be used: pass or fail.",
        "结论：pass 合格、fail 不合格。",
    ),
}
