"""What happened and cannot wait: 召回, 食品安全事件, 温度报警, AI 巡检预警."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ledger.evidence.subjects import value
from ledger.oversight.messages.told import Told
from ledger.oversight.messages.words import Words, celsius, code, plain

_LOTS: Final = 3
"""Lots that a sentence names; of more it gives the number."""

_ACTIONS: Final = {
    "hold": ("封存", "hold them"),
    "return": ("退回", "return them"),
    "destroy": ("销毁", "destroy them"),
}


def _recall(payload: Mapping[str, Any], words: Words) -> Told:
    who, item, lots = words.party(payload["supplier"]), plain(payload["item_name"]), payload["lots"]
    named = [plain(lot) for lot in lots[:_LOTS]]
    zh = "、".join(named) + (f" 等 {len(lots)} 个" if len(lots) > _LOTS else "")
    en = ", ".join(named) + (f" and {len(lots) - _LOTS} more" if len(lots) > _LOTS else "")
    if payload["stage"] == "closed":
        return Told(
            "minor",
            "closed",
            f"{who.zh}的{item}召回结束，批次 {zh}。",
            f"The recall of {item} of {who.en} is closed, lots {en}.",
        )
    action, due = _ACTIONS[payload["action"]], words.at(payload["due_at"])
    return Told(
        payload["hazard_class"],
        payload["stage"],
        f"召回{who.zh}的{item}，批次 {zh}：请立即停用并于 {due} 前{action[0]}。",
        f"Recall of {item} of {who.en}, lots {en}: use none of them, and {action[1]} by {due}.",
    )


def _incident(payload: Mapping[str, Any], words: Words) -> Told:
    place, kind = words.place(payload), code("incident_kind", payload["incident_kind"])
    hurt, ill = payload["persons_affected"], payload["persons_hospitalised"]
    noticed = words.at(payload["noticed_at"])
    return Told(
        payload["severity"],
        payload["incident_kind"],
        f"{place.zh}报告食品安全事件：{kind.zh}，{noticed} 发现，受影响 {hurt} 人，住院 {ill} 人。",
        f"{place.en} reports an incident: {kind.en}, noticed at {noticed}; {hurt} people affected, "
        f"{ill} in hospital.",
    )


def _temperature_alarm(payload: Mapping[str, Any], words: Words) -> Told:
    place, zone = words.canteen(payload["canteen"]), code("zone", payload["zone"])
    side, device = code("direction", payload["direction"]), value(payload["cabinet"])
    limit, extreme = celsius(payload["limit_mC"]), celsius(payload["extreme_mC"])
    since, ended = words.at(payload["started_at"]), payload["ended_at"]
    zh, en = "尚未恢复", "and still is"
    if ended is not None:
        zh, en = f"{words.at(ended)} 恢复", f"until {words.at(ended)}"
    return Told(
        "major" if ended is None else "minor",
        payload["zone"],
        f"{place.zh}{zone.zh}（{device}）温度{side.zh} {limit}°C，极值 {extreme}°C，"
        f"自 {since} 起，{zh}。",
        f"The {zone.en} of {place.en} ({device}) was {side.en} {limit}°C, at the farthest "
        f"{extreme}°C, from {since} on, {en}.",
    )


def _inspection_alert(payload: Mapping[str, Any], words: Words) -> Told:
    place, kind = words.canteen(payload["canteen"]), code("alert_kind", payload["alert_kind"])
    seen = words.at(payload["first_seen_at"])
    return Told(
        payload["severity"],
        payload["alert_kind"],
        f"{place.zh}巡检预警：{kind.zh}，{seen}。",
        f"A camera in {place.en} saw: {kind.en}, at {seen}.",
    )


TELLERS: Final[Mapping[str, Callable[[Mapping[str, Any], Words], Told | None]]] = {
    "recall": _recall,
    "incident": _incident,
    "temperature-alarm": _temperature_alarm,
    "inspection-alert": _inspection_alert,
}
