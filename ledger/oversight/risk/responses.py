"""Responses (三级响应): what a level brings, and who ends it.

    minor 一般      a `risk-response` to put it right; `rectification` opens its work order. It is over
                    when the canteen is assessed as normal.
    major 较大      a freeze (冻结供餐). A regulator's lift ends it, and nothing else.
    critical 重大   several departments together (多部门联合处置); likewise.

A canteen has one open response of a level at most, and none below: not one a day. After a lift what
happened before counts for no other: the records since must come to something by themselves.

State under `responses <school>`:

    told     record id → what it says, of the engine's responses and of a regulator's
    lifts    record id → [[ids of responses], released, lifted_from, index, logged_at]
    pending  "<canteen> <severity>" → when it was found: its record is on its way to the log
"""

from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.risk import assessment
from ledger.oversight.risk.policy import DEFAULTS, LEVELS, rank
from ledger.oversight.seen import Ref, Seen

READS: Final[Mapping[str, frozenset[str]]] = {
    "risk-assessment": frozenset({"responsible", "canteen", "level"}),
    "risk-response": frozenset({"canteen", "severity", "held_back", "effective_from"}),
    "freeze-lift": frozenset({"canteen", "released", "lifted_from"}),
}

_RESPONSES: Final = {"minor": "rectify", "major": "freeze", "critical": "joint"}
_KEPT_WINDOWS: Final = 2


def assessed(seen: Seen, context: Context) -> None:
    """An assessment stands in the log: its level is answered, or a minor response is over."""
    fields = seen.fields
    canteen, level = fields.get("canteen"), fields["level"]
    if canteen is None:
        return
    if level == "normal":
        _change(fields["responsible"], context, lambda known: _calm(known, canteen))
        return
    known = _of(fields["responsible"], context)
    lifted = _last_lift(known, canteen)
    if lifted is not None:
        since = assessment.scored_since(fields["responsible"], canteen, lifted, context)
        if since < context.policy.rules["again_from_ppm"]:
            return
    _respond(fields["responsible"], canteen, level, seen.ref, context)


def at_once(seen: Seen, school: str, canteen: str, level: str, context: Context) -> None:
    """A single grave record is answered at once; one that puts another right is no new cause."""
    replaced = seen.linked("replaces")
    for response in _of(school, context)["told"].values():
        if rank(response["severity"]) >= rank(level) and {*replaced} & {*response["causes"]}:
            return
    _respond(school, canteen, level, seen.ref, context)


def told(seen: Seen, context: Context) -> str:
    """A response stands in the log, the engine's or a regulator's; its canteen."""
    fields = seen.fields
    canteen: str = fields["canteen"]
    response = {
        "canteen": canteen,
        "severity": fields["severity"],
        "held": fields.get("held_back", []),
        "from": fields["effective_from"],
        "ref": seen.ref,
        "logged_at": seen.logged_at,
        "causes": seen.linked("cites"),
        "replaces": seen.linked("replaces"),
    }

    def change(known: dict[str, Any]) -> dict[str, Any]:
        waiting = f"{canteen} {fields['severity']}"
        pending = {name: at for name, at in known["pending"].items() if name != waiting}
        return {**known, "pending": pending, "told": {**known["told"], seen.id: response}}

    _change(subjects.school_of(canteen), context, change)
    return canteen


def lifted(seen: Seen, context: Context) -> str:
    """A regulator ends a response, or a part of it; its canteen."""
    fields = seen.fields
    canteen: str = fields["canteen"]
    school = subjects.school_of(canteen)
    lift = [
        seen.linked("lifts"),
        fields["released"],
        fields["lifted_from"],
        seen.index,
        seen.logged_at,
    ]
    _change(school, context, lambda known: {**known, "lifts": {**known["lifts"], seen.id: lift}})
    kept = civil.DAY_S * _KEPT_WINDOWS * context.policy.rules["window_days"]
    context.wake(civil.later(context.now, kept), f"lifted {school}")
    return canteen


def take_back(seen: Seen, context: Context) -> None:
    """A response or a lift counts no more."""

    def change(known: dict[str, Any]) -> dict[str, Any]:
        return {
            **known,
            "told": {name: item for name, item in known["told"].items() if name != seen.id},
            "lifts": {name: item for name, item in known["lifts"].items() if name != seen.id},
        }

    for name in seen.subjects:
        if name.startswith("canteen:"):
            _change(subjects.school_of(name), context, change)


def tidy(key: str, context: Context) -> None:
    """Forget what was lifted so long ago that it cannot count any more."""
    kept = civil.DAY_S * _KEPT_WINDOWS * context.policy.rules["window_days"]

    def change(known: dict[str, Any]) -> dict[str, Any]:
        lately = [
            name
            for name, lift in known["lifts"].items()
            if civil.later(lift[4], kept) > context.now
        ]
        named = {target for name in lately for target in known["lifts"][name][0]}
        told = {
            name: response
            for name, response in known["told"].items()
            if not _over(known, name, response) or named & {name, *response["replaces"]}
        }
        # What a lift released of a freeze that holds back the rest stays released.
        wanted = {target for name, it in told.items() for target in (name, *it["replaces"])}
        lifts = {
            name: lift
            for name, lift in known["lifts"].items()
            if name in lately or wanted & {*lift[0]}
        }
        return {**known, "told": told, "lifts": lifts}

    _change(key.removeprefix("lifted "), context, change)


def any_known(canteen: str, context: Context) -> bool:
    """Whether anything is remembered of the canteen's school; of most there is not."""
    return context.get(f"responses {subjects.school_of(canteen)}") is not None


def freezing(canteen: str, at: str, context: Context) -> tuple[Ref, str] | None:
    """The first response that held back serving in a canteen at a time; and when it was logged."""
    known = _of(subjects.school_of(canteen), context)
    slack = context.policy.rules["serving_slack_s"]
    found = [
        (response["from"], response["ref"], response["logged_at"])
        for name, response in known["told"].items()
        if response["canteen"] == canteen
        and "serving" in response["held"]
        and civil.later(response["from"], slack) <= at
        and not any(
            "serving" in lift[1] and lift[2] <= at for lift in _lifts(known, name, response)
        )
    ]
    if not found:
        return None
    _, ref, logged_at = min(found)
    return ref, logged_at


def _respond(school: str, canteen: str, level: str, cause: Ref, context: Context) -> None:
    known, rules = _of(school, context), context.policy.rules
    if not context.policy.in_force or _is_open(known, canteen, level, context.now):
        return
    digest = sha256(cause[2].encode()).hexdigest()[:6]
    day = civil.day_of(context.now, context.zone).replace("-", "")
    payload: dict[str, Any] = {
        "response_no": f"FX-{day}-{subjects.value(canteen).replace('~', '-')}-{level}-{digest}",
        "responsible": school,
        "canteen": canteen,
        "severity": level,
        "response": _RESPONSES[level],
        "policy_name": context.policy.name,
        "policy_version": max(context.policy.version, 1),
        "effective_from": context.now,
        "instruction_zh": rules["instruction_zh"].get(level, DEFAULTS["instruction_zh"][level]),
    }
    if level == "minor":
        payload["due_at"] = civil.later(context.now, rules["rectify_s"])
    elif rules["held_back"].get(level):
        payload["held_back"] = rules["held_back"][level]
    if level == "critical":
        payload["agencies"] = rules["agencies"]
    context.find("risk-response", payload, [cause])
    pending = {**known["pending"], f"{canteen} {level}": context.now}
    context.put(f"responses {school}", {**known, "pending": pending})


def _is_open(known: Mapping[str, Any], canteen: str, level: str, now: str) -> bool:
    """Whether a response of that level, or of a graver one, is open or on its way."""
    for name, response in known["told"].items():
        graver = response["canteen"] == canteen and rank(response["severity"]) >= rank(level)
        if graver and not _over(known, name, response):
            return True
    return any(
        now < civil.later(found_at, civil.DAY_S)
        for waiting, found_at in known["pending"].items()
        if waiting in {f"{canteen} {name}" for name in LEVELS if rank(name) >= rank(level)}
    )


def _over(known: Mapping[str, Any], name: str, response: Mapping[str, Any]) -> bool:
    """Whether lifts have released all that it held back, or ended one that held back nothing."""
    lifts = _lifts(known, name, response)
    released = {part for lift in lifts for part in lift[1]}
    return bool(lifts) and {*response["held"]} <= released


def _lifts(known: Mapping[str, Any], name: str, response: Mapping[str, Any]) -> list[Sequence[Any]]:
    """The lifts of a response; one that replaces another stays lifted as that was."""
    of_it = {name, *response["replaces"]}
    return [lift for lift in known["lifts"].values() if of_it & {*lift[0]}]


def _last_lift(known: Mapping[str, Any], canteen: str) -> int | None:
    """Index of the last lift that ended a response of a canteen."""
    return max(
        (
            lift[3]
            for name, response in known["told"].items()
            if response["canteen"] == canteen and _over(known, name, response)
            for lift in _lifts(known, name, response)
        ),
        default=None,
    )


def _calm(known: dict[str, Any], canteen: str) -> dict[str, Any]:
    left = {
        name: response
        for name, response in known["told"].items()
        if (response["canteen"], response["severity"]) != (canteen, "minor")
    }
    return {**known, "told": left}


def _change(
    school: str, context: Context, change: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    known = change(_of(school, context))
    context.put(f"responses {school}", known if any(known.values()) else None)


def _of(school: str, context: Context) -> dict[str, Any]:
    return {"told": {}, "lifts": {}, "pending": {}, **(context.get(f"responses {school}") or {})}
