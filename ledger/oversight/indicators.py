"""Published indicators (指标报告): what the pilot claims, as fractions that a stranger computes again.

By school and calendar month, each with its numerator and denominator:

    price-against-reference   fen settled / fen at the reference price in force (参考价)
    share-eaten               grams served less plate waste / grams served (进口率)
    satisfaction              answers on the better side of the middle / answers (满意度)
    waste-per-day             grams of waste / days on which meals were served
    queue-per-meal            seconds of the longest queue / sittings whose queue was timed

A month's figures are computed some days after its end. What arrives later gives, at the next
midnight, a report that supersedes the one before. A record belongs to the day it is about, not to
that of its logging.

Prices are held against the lists that the log has when the month is reported, whichever came first.

State: `<school> <month>` lists the days and what was reported; `day <school> <day>` holds that day's
figures by record, and what a settlement bought; `priced <month>` the schools that settled in it;
`reference` the reference price lists that may still be asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from ledger.oversight import civil, reference_prices
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Ref, Seen

NAME: Final = "indicators"
_MILLION: Final = 1_000_000

#: What of a day's figures becomes which indicator: numerator, its unit, denominator, its unit.
_INDICATORS: Final = {
    "price-against-reference": ("settled_fen", "fen", "reference_fen", "fen"),
    "share-eaten": ("eaten_g", "g", "served_g", "g"),
    "satisfaction": ("satisfied", "count", "answers", "count"),
    "waste-per-day": ("waste_g", "g", "days", "day"),
    "queue-per-meal": ("queue_s", "s", "timed", "count"),
}


class Indicators:
    """The family; `ledger.oversight.family.Family` says what each method is asked."""

    name: Final = NAME
    reads: Final[Mapping[str, frozenset[str]]] = {
        "meal-service": frozenset({"canteen", "meal_on", "dishes", "queue_longest_s"}),
        "waste-log": frozenset({"canteen", "meal_on", "waste_kind", "net_g"}),
        "satisfaction-survey": frozenset({"school", "period_until", "questions"}),
        "settlement": frozenset({"school", "period_until", "lines", "line_prices"}),
        "reference-price": frozenset({"valid_from", "valid_until", "lines", "line_prices"}),
    }
    defaults: Final[Mapping[str, Any]] = {
        "grace_days": 5,
        "kept_days": 90,
        "waste_kinds": ["plate", "unserved", "trimmings", "spoiled"],
        "satisfaction_question": "overall",
    }

    def keys(self, seen: Seen) -> Iterable[str]:
        """The day that the record is about."""
        if seen.type == "reference-price":
            return (reference_prices.KEY,)
        school, day = _about(seen)
        return f"day {school} {day}", _month_key(school, day)

    def tell(self, seen: Seen, context: Context) -> None:
        """Its figures stand under its day; the month's report is due after the month."""
        if seen.type == "reference-price":
            _report_again(reference_prices.keep(seen, context), context)
            return
        school, day = _about(seen)
        key = f"day {school} {day}"
        of_day = dict(context.get(key) or {})
        if seen.type == "settlement":
            of_day[seen.id] = [seen.ref, {}, reference_prices.bought(seen.fields)]
            _note_priced(school, day, context)
        else:
            of_day[seen.id] = [seen.ref, _figures(seen, context)]
        context.put(key, of_day)
        month = dict(context.get(_month_key(school, day)) or {"days": [], "reported": None})
        if day not in month["days"]:
            month["days"] = sorted([*month["days"], day])
        context.put(_month_key(school, day), month)
        _wake(school, day, context)

    def due(self, key: str, context: Context) -> None:
        """A month is over, or something came after its report."""
        month = context.get(key)
        if month is None:
            return
        school, first = key.split(" ")
        last = civil.period_of(first, "month")[1]
        over = civil.days_later(last, context.policy.rules["kept_days"])
        if context.now >= civil.end_of(over, context.zone):
            for day in month["days"]:
                context.put(f"day {school} {day}", None)
            context.put(key, None)
            left = [one for one in context.get(f"priced {first}") or [] if one != school]
            context.put(f"priced {first}", left or None)
            return
        context.wake(civil.end_of(over, context.zone), key)
        self._report(key, school, (first, last), month, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its figures go, and the month is reported anew."""
        if seen.type == "reference-price":
            _report_again(reference_prices.drop(seen, context), context)
            return
        school = seen.subject("school") or civil.school_of(seen.subject("canteen") or "")
        # What is erased no longer says which day it was about: it is looked for in the month's days.
        for day in _days_of(seen, school, context):
            key = f"day {school} {day}"
            of_day = dict(context.get(key) or {})
            if of_day.pop(seen.id, None) is not None:
                context.put(key, of_day or None)
                _wake(school, day, context)

    def _report(
        self, key: str, school: str, period: tuple[str, str], month: Any, context: Context
    ) -> None:
        sums, refs, days = _summed(school, month["days"], context)
        served = sums.get("served_g", 0)
        sums["eaten_g"] = max(0, served - sums.pop("plate_g", 0))
        sums["days"] = days
        indicators = list(_indicators(sums))
        if not indicators or not days or month["reported"] == [sums, len(refs)]:
            return
        payload = {
            "school": school,
            "period_from": period[0],
            "period_until": period[1],
            "days_covered": days,
            "indicators": indicators,
        }
        before = month.get("report")
        links = {"supersedes": [before]} if before else None
        report = context.find("kpi-report", payload, refs, links=links, cites=False)
        reported: dict[str, Any] = {"reported": [sums, len(refs)], "report": report}
        context.put(key, {**month, **reported})
        for one in indicators:
            name = f"{school} {period[0]} {one['indicator_code']}"
            detail = {**one, "period_until": period[1], "days_covered": days, "report": report}
            status = "revised" if before else "reported"
            row = Row(NAME, name, school, period[0], one["indicator_code"], status, detail)
            context.row(row)


def _about(seen: Seen) -> tuple[str, str]:
    """The school, and the civil day that the record is about."""
    fields = seen.fields
    if "school" in fields:
        return fields["school"], fields["period_until"]
    return civil.school_of(fields["canteen"]), fields["meal_on"]


def _month_key(school: str, day: str) -> str:
    return f"{school} {day[:7]}-01"


def _wake(school: str, day: str, context: Context) -> None:
    """The report is due some days after the month, or at the next midnight where that is past."""
    last = civil.period_of(day, "month")[1]
    first_due = civil.days_later(last, context.policy.rules["grace_days"])
    today = civil.day_of(context.now, context.zone)
    context.wake(civil.end_of(max(first_due, today), context.zone), _month_key(school, day))


def _figures(seen: Seen, context: Context) -> dict[str, int]:
    """What one record adds to its day."""
    fields, rules = seen.fields, context.policy.rules
    if seen.type == "meal-service":
        grams = sum(dish["portions_served"] * dish["portion_g"] for dish in fields["dishes"])
        figures = {"served_g": grams}
        if "queue_longest_s" in fields:
            figures |= {"queue_s": fields["queue_longest_s"], "timed": 1}
        return figures
    if seen.type == "waste-log":
        counted = fields["waste_kind"] in rules["waste_kinds"]
        figures = {"waste_g": fields["net_g"]} if counted else {}
        if fields["waste_kind"] == "plate":
            figures["plate_g"] = fields["net_g"]
        return figures
    if seen.type == "satisfaction-survey":
        for question in fields["questions"]:
            if question["question_code"] == rules["satisfaction_question"]:
                counts = question["counts"]
                return {"satisfied": sum(counts[(len(counts) + 1) // 2 :]), "answers": sum(counts)}
    return {}


def _note_priced(school: str, day: str, context: Context) -> None:
    """A school settled in that month: another price list may change what is reported of it."""
    key = f"priced {civil.period_of(day, 'month')[0]}"
    schools = context.get(key) or []
    if school not in schools:
        context.put(key, [*schools, school])


def _report_again(span: tuple[str, str] | None, context: Context) -> None:
    """A price list came or went: every month it is about is reported anew."""
    if span is None:
        return
    day, until = span
    rules = context.policy.rules
    today = civil.day_of(context.now, context.zone)
    day = max(day, civil.days_later(today, -rules["kept_days"] - 31))
    until = min(until, today)
    while day <= until:
        first, last = civil.period_of(day, "month")
        for school in context.get(f"priced {first}") or ():
            _wake(school, day, context)
        day = civil.days_later(last, 1)


def _days_of(seen: Seen, school: str, context: Context) -> list[str]:
    fields = seen.fields
    day = fields.get("meal_on") or fields.get("period_until")
    if day is not None:
        return [day]
    occurred = civil.day_of(seen.occurred_at, context.zone)
    month = context.get(_month_key(school, occurred)) or {"days": []}
    return list(month["days"])


def _summed(
    school: str, days: Iterable[str], context: Context
) -> tuple[dict[str, int], list[Ref], int]:
    """The month's sums, the records they rest on, and on how many days meals were served."""
    sums: dict[str, int] = {}
    refs: list[Ref] = []
    lists: dict[int, Ref] = {}
    served_on = 0
    for day in days:
        of_day = context.get(f"day {school} {day}") or {}
        served = False
        for ref, own, *goods in of_day.values():
            refs.append(ref)
            figures = own
            used: list[Ref] = []
            if goods:
                figures, used = reference_prices.priced(goods[0], day, context)
            lists |= {one[0]: one for one in used}
            served |= "served_g" in figures
            for name, value in figures.items():
                sums[name] = sums.get(name, 0) + value
        served_on += served
    return sums, [*refs, *lists.values()], served_on


def _indicators(sums: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for code, (above, above_unit, below, below_unit) in _INDICATORS.items():
        denominator = sums.get(below, 0)
        if denominator and (above in sums):
            numerator = sums[above]
            yield {
                "indicator_code": code,
                "numerator": numerator,
                "numerator_unit": above_unit,
                "denominator": denominator,
                "denominator_unit": below_unit,
                "value_ppm": (2 * numerator * _MILLION + denominator) // (2 * denominator),
            }
