"""The rules that rectification goes by (整改规则): a `policy` record named `rectification`.

No law sets these figures: the built-in ones are a beginning, for a bureau to put its own in place of.
Of the rows under `orders` the first that fits a cause counts:

    cause             record type of the cause
    kinds             codes that it fits (alert_kind, zone, obligation_kind …); none: all
    severities        severities that it fits; none: all
    gather            each: a work order for every cause; first: the first of a day opens one, which
                      later ones of the day join; day: one at midnight for all of the day; never
    task_kind         of the work order
    severity          of the work order; empty: that of the cause
    due_s             seconds to the deadline; 0: by severity
    instruction_zh    what to do

A member that is left out, in a row or in what goes by severity, is as it is built in.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

NAME: Final = "rectification"

SEVERITIES: Final = ("minor", "major", "critical")
"""一般、较大、重大, ascending."""

_WEAR: Final = "后厨人员须规范穿戴工作衣帽和口罩，整改后上传现场照片。"
_PAPERS: Final = "请补齐资料、说明原因并防止再次发生，上传整改照片。"


def _row(
    cause: str,
    gather: str,
    task_kind: str = "",
    instruction_zh: str = "",
    *,
    kinds: Sequence[str] = (),
    severities: Sequence[str] = (),
    severity: str = "",
) -> dict[str, Any]:
    return {
        "cause": cause,
        "kinds": [*kinds],
        "severities": [*severities],
        "gather": gather,
        "task_kind": task_kind,
        "severity": severity,
        "due_s": 0,
        "instruction_zh": instruction_zh,
    }


DEFAULTS: Final[Mapping[str, Any]] = {
    "orders": [
        _row(
            "inspection-alert", "first", "wear-protection", _WEAR,
            kinds=["no-hat", "no-mask", "no-uniform", "bare-torso"],
        ),
        _row(
            "inspection-alert", "first", "clean", "请立即清理并消除隐患，整改后上传现场照片。",
            kinds=["rodent", "open-bin"],
        ),
        _row(
            "inspection-alert", "first", "repair", "请恢复摄像头的正常画面，整改后上传现场照片。",
            kinds=["covered-lens", "camera-moved", "frozen-stream"],
        ),
        _row("inspection-alert", "first", "train", "请核实画面、教育当事人员，整改后上传现场照片。"),
        _row(
            "temperature-alarm", "first", "repair",
            "请检查设备、处置受影响的食品，温度恢复后上传照片。",
        ),
        _row(
            "incident", "each", "document", "请核实投诉、说明情况和改进措施，并上传照片。",
            kinds=["complaint"],
        ),
        _row("incident", "each", "dispose", "请封存留样和食材、配合调查，处置后上传照片。"),
        _row(
            "official-inspection", "each", "as-inspected", "请按检查意见逐项整改，并上传整改照片。",
            kinds=["rectify", "fail"],
        ),
        _row(
            "self-inspection", "each", "as-inspected", "请对自查不合格项逐项整改，并上传整改照片。",
            kinds=["fail"],
        ),
        _row(
            "suspicion", "never",
            kinds=["photo-older-than-order", "reviewed-by-own-organisation", "served-while-frozen"],
        ),
        _row(
            "suspicion", "day", "repair", "请检查设备及其时钟，恢复正常后上传照片。",
            kinds=["device-silent", "clock-skewed"],
        ),
        _row("suspicion", "day", "document", _PAPERS, severities=["major", "critical"]),
        _row("missing-evidence", "never", kinds=["closure-of-work-order"]),
        _row(
            "missing-evidence", "day", "document", _PAPERS,
            kinds=["sample-of-dish", "check-of-shift"], severity="major",
        ),
        _row("missing-evidence", "day", "document", _PAPERS),
        _row(
            "expiry-warning", "each", "document", "证照已过期，请停用并补办，上传新证照照片。",
            severity="major",
        ),
        _row(
            "risk-response", "each", "lower-risk", "请按处置要求排查整改，降低风险，并上传整改照片。",
            kinds=["rectify"],
        ),
    ],
    "major_beyond_mC": 5_000,
    "due_s": {"minor": 259_200, "major": 172_800, "critical": 86_400},
    "grace_s": 7_200,
    "reviewer_role": {
        "minor": "bureau-admission", "major": "regulator", "critical": "regulator",
    },
    "escalated_reviewer_role": "regulator",
    "escalations": 3,
    "photo_slack_s": 600,
    "suspicion_severity": "major",
    "kept_days": 180,
    "stray_days": 30,
}  # fmt: skip
"""Version 1:

major_beyond_mC: a temperature alarm so far beyond its limit is major, any other minor.
due_s: from the opening of a work order to its deadline, by severity.
grace_s: an answer that is in the log so long after the deadline still is in time.
reviewer_role: who closes it, by severity; a regulator may close any.
escalated_reviewer_role: who closes one that follows on a late one.
escalations: how many may follow on one another, each one severity up.
photo_slack_s: how much earlier than the order a photo's own clock may say.
suspicion_severity: of what is found about answers and reviews.
kept_days: how long a closed order is remembered, so that a review taken back opens it again.
stray_days: how long an answer to a work order that is not in the log is remembered.
"""


_NOTHING: Final = _row("", "never")


def choose(rules: Mapping[str, Any], cause: str, kind: str, severity: str) -> Mapping[str, Any]:
    """The row for a cause, whole; one that opens nothing where no row fits."""
    for given in rules["orders"]:
        row: dict[str, Any] = {**_NOTHING, **given}
        if (
            row["cause"] == cause
            and kind in (row["kinds"] or (kind,))
            and severity in (row["severities"] or (severity,))
        ):
            return row
    return _NOTHING


def by_severity(rules: Mapping[str, Any], name: str, severity: str) -> Any:
    """What a member that goes by severity says of one."""
    return {**DEFAULTS[name], **rules[name]}[severity]


def worse(severity: str) -> str:
    """One severity up; the last stays."""
    return SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]
