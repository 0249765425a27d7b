"""What is demanded and what was decided: 整改工单, 整改复核, 风险处置, 解除冻结, 监督检查."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.evidence.subjects import value
from ledger.oversight.messages.told import Severity, Told
from ledger.oversight.messages.words import Words, code, codes, plain

_GRAVITY: Final[tuple[Severity, ...]] = ("minor", "major", "critical")


def _work_order(payload: Mapping[str, Any], words: Words) -> Told:
    who, task = words.responsible(payload), code("task_kind", payload["task_kind"])
    number, due = plain(payload["work_order_no"]), words.at(payload["due_at"])
    zh, en = f"工单 {number}", f"work order {number}"
    late = payload.get("ext", {}).get("follows")
    if isinstance(late, str):
        zh = f"{zh}（工单 {plain(late)} 逾期，升级督办）"
        en = f"{en}, escalated since {plain(late)} is late"
    return Told(
        payload["severity"],
        payload["task_kind"],
        f"{who.zh}须于 {due} 前完成整改（{task.zh}），{zh}。",
        f"{who.en} must put it right by {due} ({task.en}), {en}.",
    )


def _rectification_review(payload: Mapping[str, Any], words: Words) -> Told | None:
    if payload["decision"] != "reopened":
        return None
    who, number = words.party(payload["responsible"]), plain(value(payload["work_order"]))
    due = words.at(payload["new_due_at"])
    return Told(
        "major",
        "reopened",
        f"{who.zh}的整改未通过复核，工单 {number} 须于 {due} 前重新整改。",
        f"What {who.en} put right did not pass; work order {number} is due again by {due}.",
    )


def _risk_response(payload: Mapping[str, Any], words: Words) -> Told:
    who, response = words.responsible(payload), payload["response"]
    since = words.at(payload["effective_from"])
    if response == "rectify":
        due = words.at(payload["due_at"])
        zh, en = f"须于 {due} 前整改", f"must put things right by {due}"
    elif response == "freeze":
        held = codes("held_back", payload["held_back"])
        zh, en = f"自 {since} 起暂停{held.zh}", f"is frozen from {since} on: {held.en}"
    else:
        offices = codes("agencies", payload["agencies"])
        zh = f"自 {since} 起由{offices.zh}联合处置"
        en = f"is a joint case of {offices.en} from {since} on"
        if payload.get("held_back"):
            held = codes("held_back", payload["held_back"])
            zh, en = f"{zh}，并暂停{held.zh}", f"{en}; frozen: {held.en}"
    return Told(payload["severity"], response, f"{who.zh}{zh}。", f"{who.en} {en}.")


def _freeze_lift(payload: Mapping[str, Any], words: Words) -> Told:
    who, released = words.responsible(payload), codes("held_back", payload["released"])
    since = words.at(payload["lifted_from"])
    return Told(
        "minor",
        "lifted",
        f"{who.zh}自 {since} 起恢复{released.zh}。",
        f"{who.en} may go on from {since}: {released.en}.",
    )


def _official_inspection(payload: Mapping[str, Any], words: Words) -> Told | None:
    if payload["conclusion"] == "pass":
        return None
    who = words.responsible(payload)
    failed = [item for item in payload["items"] if item["result"] == "fail"]
    what = codes("item_code", [item["item_code"] for item in failed[:5]])
    more = ("等", " and others") if len(failed) > 5 else ("", "")
    worst = max((item["severity"] for item in failed), key=_GRAVITY.index)
    zh, en = "不合格", "failed an inspection"
    if payload["conclusion"] == "rectify":
        due = words.at(payload["rectify_by"])
        zh, en = f"须于 {due} 前整改", f"must put right by {due} what an inspection found"
    return Told(
        worst,
        payload["conclusion"],
        f"{who.zh}监督检查{zh}：{what.zh}{more[0]}。",
        f"{who.en} {en}: {what.en}{more[1]}.",
    )


TELLERS: Final[Mapping[str, Callable[[Mapping[str, Any], Words], Told | None]]] = {
    "work-order": _work_order,
    "rectification-review": _rectification_review,
    "risk-response": _risk_response,
    "freeze-lift": _freeze_lift,
    "official-inspection": _official_inspection,
}
