"""What the rule engine found, as sentences: 到期预警, 证据缺失, 疑点线索, 对账."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.evidence.names import TYPES_ZH
from ledger.evidence.subjects import value
from ledger.oversight.messages.told import Severity, Told
from ledger.oversight.messages.words import Both, Words, code, percent, yuan

_GRAVE: Final = frozenset(
    {"sample-of-dish", "check-of-shift", "temperature-of-cabinet", "closure-of-work-order"}
)
"""Duties on which the safety of a meal rests; to miss one is major, any other minor."""


def _expiry_warning(payload: Mapping[str, Any], words: Words) -> Told:
    kind = code("certificate_kind", payload["certificate_kind"])
    until, left = payload["valid_until"], payload["days_left"]
    if payload.get("holder"):
        who = words.party(payload["holder"])
    elif payload.get("scale"):
        scale = value(payload["scale"])
        who = Both(f"电子秤 {scale}", f"scale {scale}")
    else:
        who = Both("一名从业人员", "one of the staff")
    severity: Severity = "minor" if left > 0 else "major"
    if left > 0:
        zh, en = f"将于 {until} 到期，还有 {left} 天", f"lapses on {until}, in {left} days"
    elif left == 0:
        zh, en = f"将于今日（{until}）到期", f"lapses today, {until}"
    else:
        zh, en = f"已于 {until} 到期，逾期 {-left} 天", f"lapsed on {until}, {-left} days ago"
    return Told(
        severity,
        payload["certificate_kind"],
        f"{who.zh}的{kind.zh}{zh}。",
        f"The {kind.en} of {who.en} {en}.",
    )


def _missing_evidence(payload: Mapping[str, Any], words: Words) -> Told:
    who = words.responsible(payload)
    duty = code("obligation_kind", payload["obligation_kind"])
    expected = payload["expected_type"]
    about, due = words.about(payload["expected_for"]), words.at(payload["due_at"])
    return Told(
        "major" if payload["obligation_kind"] in _GRAVE else "minor",
        payload["obligation_kind"],
        f"{who.zh}缺少{TYPES_ZH.get(expected, expected)}记录（{duty.zh}）"
        + (f"：{about.zh}" if about.zh else "")
        + f"，应于 {due} 前入账。",
        f"{who.en} owes a {expected.replace('-', ' ')} ({duty.en})"
        + (f" for {about.en}" if about.en else "")
        + f"; it was due at {due}.",
    )


def _suspicion(payload: Mapping[str, Any], words: Words) -> Told:
    who, what = words.responsible(payload), code("suspicion_kind", payload["suspicion_kind"])
    seen, score = len(payload["observations"]), percent(payload["score_ppm"])
    first, last = words.at(payload["first_at"]), words.at(payload["last_at"])
    zh, en = (first, first) if first == last else (f"{first} 至 {last}", f"{first} to {last}")
    return Told(
        payload["severity"],
        payload["suspicion_kind"],
        f"{who.zh}有 {seen} 条记录存疑：{what.zh}（{zh}），可疑程度 {score}。",
        f"{seen} records of {who.en} do not look right: {what.en} ({en}), score {score}.",
    )


def _reconciliation(payload: Mapping[str, Any], words: Words) -> Told | None:
    if payload["result"] != "mismatched":
        return None
    school, supplier = words.party(payload["school"]), words.party(payload["supplier"])
    period = payload["period_from"], payload["period_until"]
    if payload["unsettled_fen"] or payload["unpaid_fen"]:
        unsettled, unpaid = yuan(payload["unsettled_fen"]), yuan(payload["unpaid_fen"])
        zh = f"验收与结算相差 {unsettled} 元，结算与付款相差 {unpaid} 元"
        en = f"accepted less settled {unsettled} yuan, settled less paid {unpaid} yuan"
    else:
        zh, en = "金额相符，数量、价格或单据有差异", "quantities, prices or papers differ"
    return Told(
        "major",
        "mismatched",
        f"{school.zh}与{supplier.zh} {period[0]} 至 {period[1]} 对账不符：{zh}。",
        f"The accounts of {school.en} and {supplier.en} from {period[0]} to {period[1]} do not "
        f"meet: {en}.",
    )


TELLERS: Final[Mapping[str, Callable[[Mapping[str, Any], Words], Told | None]]] = {
    "expiry-warning": _expiry_warning,
    "missing-evidence": _missing_evidence,
    "suspicion": _suspicion,
    "reconciliation": _reconciliation,
}
