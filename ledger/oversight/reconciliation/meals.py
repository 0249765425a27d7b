"""Meals of a school and month (以销定采): paid for, served, and what went into them.

State: `day <school> <date>` holds what each record says of that day, `month <school> <first day>` which
days and books there are. Both are dropped once the month is closed.

    ordered  [ref, {meal: portions}, amount_fen, whether staff are among them]
    paid     [ref, payments, amount_fen, last day of the meals] of meal payments from that day on
    served   [ref, canteen, meal, diners, staff, {dish: portions made}]
    menu     [ref, canteen, meal, {dish: {recipe, version}}]
    issued   [record, item, net_g] of goods weighed out of store

Counts by school hold nothing that anybody may have erased: an order of meals erased as a whole stays
counted. What is compared, and how, is in `served`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ledger.oversight import civil
from ledger.oversight.family import Context
from ledger.oversight.reconciliation import rules, served
from ledger.oversight.reconciliation.periods import after, period_of, time_of
from ledger.oversight.seen import Seen

DAY: Final = "day "
MONTH: Final = "month "
_SHOWN_EVERY_S: Final = 7 * civil.DAY_S


def keys(seen: Seen) -> Iterator[str]:
    """Where a record will most likely be counted: by the built-in rules, in China's zone."""
    day = seen.fields.get("meal_on") or civil.day_of(seen.occurred_at, "Asia/Shanghai")
    school = seen.subject("school") or civil.school_of(seen.subject("canteen") or "")
    yield f"{DAY}{school} {day}"
    yield f"{MONTH}{school} {period_of(day, rules.DEFAULTS)[0]}"


def tell(seen: Seen, context: Context) -> None:
    """A record that says how many meals there were, of what, for whom."""
    for school, day, name, said in _said(seen, context):
        key = f"{DAY}{school} {day}"
        month = _month(context, school, day)
        if month is None:
            continue
        state = context.get(key) or {}
        context.put(key, {**state, name: [*state.get(name, ()), said]})
        days = month["days"] if day in month["days"] else sorted([*month["days"], day])
        _changed(context, school, day, {**month, "days": days})


def take_back(seen: Seen, context: Context) -> None:
    """A record counts no more."""
    for school, day in _places(seen, context):
        key = f"{DAY}{school} {day}"
        state = context.get(key)
        month = context.get(f"{MONTH}{school} {period_of(day, context.policy.rules)[0]}")
        if state is None or month is None:
            continue
        left = {name: [one for one in said if _id(one) != seen.id] for name, said in state.items()}
        context.put(key, {name: said for name, said in left.items() if said} or None)
        if "closed" not in month:
            days = (
                month["days"]
                if any(left.values())
                else [one for one in month["days"] if one != day]
            )
            _changed(context, school, day, {**month, "days": days})


def tell_refund(seen: Seen, context: Context, *, back: bool = False) -> None:
    """Portions paid back, where they are all of one month; with `back` that counts no more."""
    fields = seen.fields
    if not fields:
        return
    policy = context.policy.rules
    first, last = (period_of(fields[name], policy) for name in ("meals_from", "meals_until"))
    school = fields["school"]
    month = _month(context, school, fields["meals_from"]) if first == last else None
    if month is None:
        return
    refunds = [one for one in month.get("refunds", ()) if one[0][2] != seen.id]
    if not back:
        refunds.append([seen.ref, fields["portions"], fields["amount_fen"]])
    _changed(context, school, fields["meals_from"], {**month, "refunds": refunds})


def delivered(context: Context, school: str, book: str) -> None:
    """Goods came to a school: what its meals are held against."""
    first = book.rpartition(" ")[2]
    month = _month(context, school, first)
    if month is not None and book not in month["books"]:
        books = sorted([*month["books"], book])
        _changed(context, school, first, {**month, "books": books})


def due(key: str, context: Context) -> None:
    """A month is to be shown, compared, or closed."""
    state = dict(context.get(key) or {"closed": 1})
    _, school, first = key.split(" ")
    policy = context.policy.rules
    if "closed" in state:
        if context.now >= civil.later(_end(state, first, context), _remember_s(policy)):
            context.put(key, None)
        return
    state.pop("wake", None)
    days = {day: context.get(f"{DAY}{school} {day}") or {} for day in state["days"]}
    month = served.gather(context, school, key, state, days)
    if context.now >= after(state["until"], policy["grace_days"], context.zone):
        state["posted"] = month.judge(context)
    else:
        month.show(context)
    if context.now >= _end(state, first, context):
        for day in state["days"]:
            context.put(f"{DAY}{school} {day}", None)
        context.put(key, {"closed": 1, "until": state["until"]})
        context.wake(civil.later(context.now, _remember_s(policy)), key)
        return
    context.put(key, state)


def _said(seen: Seen, context: Context) -> list[tuple[str, str, str, Any]]:
    """School, day, list, and what is kept in it."""
    fields = seen.fields
    match seen.type:
        case "meal-order":
            portions: dict[str, int] = {}
            for meal in fields["meals"]:
                portions[meal["meal"]] = portions.get(meal["meal"], 0) + meal["portions"]
            staff = any(meal["diner_group"] == "staff" for meal in fields["meals"])
            said: Any = [seen.ref, portions, fields["amount_fen"], staff]
            return [(fields["school"], fields["meal_on"], "ordered", said)]
        case "meal-payment":
            day, last = (
                fields.get(name, fields["business_on"]) for name in ("meals_from", "meals_until")
            )
            fen = fields["amount_fen"] - fields["refunds_fen"]
            said = [seen.ref, fields["payments"], fen, last]
            return [(fields["school"], day, "paid", said)]
        case "meal-service":
            made = {dish["dish_code"]: dish["portions_made"] for dish in fields["dishes"]}
            canteen, counts = fields["canteen"], (fields["diners"], fields["staff_meals"])
            said = [seen.ref, canteen, fields["meal"], *counts, made]
            return [(civil.school_of(canteen), fields["meal_on"], "served", said)]
        case "menu":
            school = civil.school_of(fields["canteen"])
            return [
                (school, meal["meal_on"], "menu", _menu(seen, meal)) for meal in fields["meals"]
            ]
        case _:
            day = civil.day_of(time_of(seen), context.zone)
            return [
                (fields["school"], day, "issued", [seen.id, fields["item_code"], fields["net_g"]])
            ]


def _menu(seen: Seen, meal: Mapping[str, Any]) -> list[Any]:
    dishes = {
        dish["dish_code"]: {
            "recipe": dish.get("recipe_code"),
            "version": dish.get("recipe_version"),
        }
        for dish in meal["dishes"]
    }
    return [seen.ref, seen.fields["canteen"], meal["meal"], dishes]


def _places(seen: Seen, context: Context) -> Sequence[tuple[str, str]]:
    """Schools and days of which a record says something, its payload gone or not."""
    if seen.fields:
        return list(dict.fromkeys((one[0], one[1]) for one in _said(seen, context)))
    meals = [name.split("~") for name in seen.subjects if name.startswith("meal:")]
    found = [(f"school:{parts[0].partition(':')[2]}", parts[2]) for parts in meals]
    school = seen.subject("school")
    if seen.type == "weigh-in" and school is not None:
        found.append((school, civil.day_of(time_of(seen), context.zone)))
    return list(dict.fromkeys(found))


def _month(context: Context, school: str, day: str) -> Any:
    """The month of a day, new or not; None where it is closed."""
    first, until = period_of(day, context.policy.rules)
    known = context.get(f"{MONTH}{school} {first}")
    if known is not None:
        return None if "closed" in known else known
    state = {"until": until, "days": [], "books": [], "posted": []}
    if context.now >= _end(state, first, context):
        return None
    return state


def _changed(context: Context, school: str, day: str, month: Mapping[str, Any]) -> None:
    first = period_of(day, context.policy.rules)[0]
    key = f"{MONTH}{school} {first}"
    if context.get(key) is None:
        context.wake(after(month["until"], context.policy.rules["grace_days"], context.zone), key)
        context.wake(_end(month, first, context), key)
    if "wake" not in month:
        soon = civil.later(context.now, _SHOWN_EVERY_S)
        month = {**month, "wake": soon}
        context.wake(soon, key)
    if month != context.get(key):
        context.put(key, dict(month))


def _end(month: Mapping[str, Any], first: str, context: Context) -> str:
    """When a month is closed."""
    policy = context.policy.rules
    until = month.get("until") or period_of(first, policy)[1]
    return after(until, policy["grace_days"] + policy["keep_matched_days"], context.zone)


def _remember_s(policy: Mapping[str, Any]) -> int:
    seconds: int = policy["remember_days"] * civil.DAY_S
    return seconds


def _id(said: Sequence[Any]) -> str:
    """The record of what is kept."""
    return str(said[0] if isinstance(said[0], str) else said[0][2])
