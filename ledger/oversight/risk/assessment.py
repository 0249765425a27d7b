"""The assessment at the end of a day (每日评估), and the heat map (风险热力图).

At local midnight every canteen of a school where something happened is scored for the day that ended.
Its rows are put up; and where something changed since the last `risk-assessment`, another is posted.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.oversight import canteens, civil
from ledger.oversight.family import Context, Row
from ledger.oversight.risk import history
from ledger.oversight.risk.policy import LEVELS, NAME, level_from_ppm, sound
from ledger.oversight.risk.scores import Entry, Score, level, score

SCORE: Final = "score"
"""Among the kinds of rows, beside the factors' codes."""


def midnight(key: str, context: Context) -> None:
    """A day is over."""
    _, school, day = key.split(" ")
    rules = context.policy.rules
    known = history.prune(school, day, history.of(school, context), context)
    if sound(rules):
        posting = date.fromisoformat(day).toordinal() % max(rules["interval_days"], 1) == 0
        happened = history.happened(school, day, context)
        assessed = _assessed(school, happened, known["last"], context)
        known["last"] = {name: said for name, said in known["last"].items() if name in assessed}
        for canteen in assessed:
            scored = score(rules, _in(canteen, happened))
            if scored.score_ppm:
                _paint(school, canteen, day, scored, context)
            if posting and context.policy.in_force:
                known["last"] = _post(school, canteen, day, scored, known["last"], context)
    history.put(school, known, context)
    if known["days"] or known["last"]:
        history.wake(school, civil.days_later(day, 1), context)


def put_right(school: str, since: str, changed: Iterable[str], context: Context) -> None:
    """Put right the rows of the days for which a record counted that counts no more, or again.

    `since`: the day on which the log heard of it; `changed`: the canteens, "" for all of the school.
    """
    rules = context.policy.rules
    today = civil.day_of(context.now, context.zone)
    history.wake(school, today, context)
    if not sound(rules):
        return
    for days in range(rules["window_days"]):
        day = civil.days_later(since, days)
        if day >= today:
            return
        happened = history.happened(school, day, context)
        for canteen in _assessed(school, happened, changed, context):
            scored = score(rules, _in(canteen, happened))
            _paint(school, canteen, day, scored, context, clear=True)


def scored_since(school: str, canteen: str, index: int, context: Context) -> int:
    """What a canteen's records above an index come to by themselves, in millionths."""
    rules = context.policy.rules
    if not sound(rules):
        return 0
    today = civil.day_of(context.now, context.zone)
    return score(
        rules, _in(canteen, history.happened(school, today, context, after=index))
    ).score_ppm


def _assessed(
    school: str, happened: dict[str, list[Entry]], also: Iterable[str], context: Context
) -> list[str]:
    """The canteens to assess; "" for a school of which no canteen is known."""
    named = {entry[0] for entries in happened.values() for entry in entries}
    found = {*named, *also}
    if "" in found:
        found.update(canteens.of_school(school, context))
        if len(found) > 1:
            found.discard("")
    return sorted(found)


def _in(canteen: str, happened: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """What happened in a canteen, or in its school without a canteen being named."""
    return {
        factor: [entry for entry in entries if entry[0] in {"", canteen}]
        for factor, entries in happened.items()
    }


def _post(
    school: str, canteen: str, day: str, scored: Score, last: dict[str, Any], context: Context
) -> dict[str, Any]:
    """Post an assessment where it differs from the last; what stands in its place then."""
    rules = context.policy.rules
    # A new cause is told though its factor was at its cap: it may be what another freeze rests on.
    newest = scored.inputs[-1][0] if scored.inputs else -1
    said: list[JsonValue] = [scored.score_ppm, scored.level, newest]
    for factor in scored.factors:
        said += [factor.code, factor.value_ppm, factor.weight_bp]
    if last.get(canteen) == said or (canteen not in last and not scored.score_ppm):
        return last
    payload: dict[str, Any] = {
        "responsible": school,
        "period_from": civil.days_later(day, 1 - rules["window_days"]),
        "period_until": day,
        "factors": [
            {
                "factor_code": factor.code,
                "value_ppm": factor.value_ppm,
                "weight_bp": factor.weight_bp,
            }
            for factor in scored.factors
        ],
        "score_ppm": scored.score_ppm,
        **{f"{name}_from_ppm": level_from_ppm(rules, name) for name in LEVELS},
        "level": scored.level,
    }
    if canteen:
        payload["canteen"] = canteen
    context.find("risk-assessment", payload, scored.inputs)
    others = {name: values for name, values in last.items() if name != canteen}
    return {**others, canteen: said} if scored.score_ppm else others


def _paint(
    school: str, canteen: str, day: str, scored: Score, context: Context, *, clear: bool = False
) -> None:
    """The rows of a canteen and day; `clear`: take away those of what is nothing any more."""
    rules = context.policy.rules
    whole: dict[str, JsonValue] = {
        "canteen": canteen or None,
        "value_ppm": scored.score_ppm,
        "factors": {factor.code: factor.value_ppm for factor in scored.factors if factor.value_ppm},
    }
    rows = [(SCORE, scored.level, whole)]
    for factor in scored.factors:
        detail: dict[str, JsonValue] = {
            "canteen": canteen or None,
            "value_ppm": factor.value_ppm,
            "weight_bp": factor.weight_bp,
            "points_ppm": factor.points_ppm,
            "records": [[ref[0], ref[2]] for ref in factor.counted],
        }
        rows.append((factor.code, level(rules, factor.value_ppm), detail))
    for kind, status, detail in rows:
        name = f"{canteen or school} {day} {kind}"
        if detail["value_ppm"]:
            context.row(Row(NAME, name, school, day, kind, status, detail))
        elif clear:
            context.row(Row(NAME, name))
