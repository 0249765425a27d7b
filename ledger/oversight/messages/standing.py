"""What touches the standing of a supplier: 暂停与剔除, 信用扣分, 异议, 裁定."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.oversight.messages.told import Told
from ledger.oversight.messages.words import Words, code


def _admission(payload: Mapping[str, Any], words: Words) -> Told | None:
    if payload["decision"] == "in-force":
        return None
    who, cause = words.party(payload["supplier"]), code("cause_code", payload["cause_code"])
    since, removed = words.at(payload["effective_at"]), payload["decision"] == "removed"
    return Told(
        "major",
        payload["decision"],
        f"{who.zh}自 {since} 起{'被移出资源库' if removed else '暂停供货资格'}（{cause.zh}）。",
        f"{who.en} is {'removed from the pool' if removed else 'suspended'} from {since} on "
        f"({cause.en}).",
    )


def _credit_entry(payload: Mapping[str, Any], words: Words) -> Told | None:
    change, after = payload["change_points"], payload["balance_after_points"]
    if change >= 0:
        return None
    who, kind = words.party(payload["supplier"]), code("entry_kind", payload["entry_kind"])
    return Told(
        "minor",
        payload["entry_kind"],
        f"{who.zh}信用扣 {-change} 分（{kind.zh}），现为 {after} 分。",
        f"{who.en} lost {-change} points of credit ({kind.en}) and has {after}.",
    )


def _dispute(payload: Mapping[str, Any], words: Words) -> Told:
    by, who = words.party(payload["disputed_by"]), words.party(payload["responsible"])
    ground = code("ground", payload["ground"])
    return Told(
        "minor",
        payload["ground"],
        f"{by.zh}对{who.zh}的一条记录提出异议（{ground.zh}），等待裁定。",
        f"{by.en} disputes a record of {who.en} ({ground.en}); a ruling is waited for.",
    )


def _ruling(payload: Mapping[str, Any], words: Words) -> Told:
    by, who = words.party(payload["disputed_by"]), words.party(payload["responsible"])
    decision = code("decision", payload["decision"])
    return Told(
        "minor",
        payload["decision"],
        f"{by.zh}对{who.zh}的异议已裁定：{decision.zh}。",
        f"The dispute of {by.en} with {who.en} is decided: {decision.en}.",
    )


TELLERS: Final[Mapping[str, Callable[[Mapping[str, Any], Words], Told | None]]] = {
    "admission": _admission,
    "credit-entry": _credit_entry,
    "dispute": _dispute,
    "ruling": _ruling,
}
