"""Tenders and awards (招标—定标): who won, against what the bureau had asked for.

    tender → award → award_grace_h later  →  one row for each award, and what is grave at once

An award answers the tender of its bureau and number. It is held against the package that it names:
what kind of firm may win, how many, at how much at most, for which time, for which categories. It was
made after the offers were opened; a tender that reached the log only when its award was judged counts
from its entry. What is ordered under a package, by all schools and of all who won it (`ceilings`), is
held against its ceiling too, and shown with the first award of the package.

State `tender <bureau> <number as in subjects>`, until FORGOTTEN_DAYS after the last of its terms:

    tenders  {ref, names, logged, opened, kind, from, until, packages: {number: [ceiling, winners,
              categories]}}; of one that was corrected {ref, names, logged, until, gone}
    awards   {ref, at, logged, by, number, tender, package, to, on, from, until, fen, items, posted}

and `tendered <record>` the key that a record's are under: found again where its payload is gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.evidence.document_number import in_subject
from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.reconciliation import ceilings, difference, versions
from ledger.oversight.reconciliation.agreed import FORGOTTEN_DAYS, index
from ledger.oversight.reconciliation.book import FAMILY
from ledger.oversight.reconciliation.difference import DAY, PARTY, Difference
from ledger.oversight.reconciliation.ordered import Json, State, newest
from ledger.oversight.reconciliation.periods import HOUR_S, time_of
from ledger.oversight.seen import Seen

KIND: Final = "award"
_WINS: Final = {"goods": "supplier", "labour": "labour"}


def tell(seen: Seen, context: Context) -> None:
    """The bureau asks for offers."""
    fields = seen.fields
    key, state = _opened(seen, context)
    names, logged = versions.lineage(state["tenders"], seen)
    tender = {
        "ref": seen.ref,
        "names": names,
        "logged": logged,
        "opened": civil.day_of(fields["opens_at"], context.zone),
        "kind": fields["tender_kind"],
        "from": fields["term_from"],
        "until": fields["term_until"],
        "packages": {
            one["package_no"]: [one["ceiling_fen"], one["winners"], one["categories"]]
            for one in fields["packages"]
        },
    }
    context.put(key, {**state, "tenders": [*state["tenders"], tender]})
    context.wake(context.now, key)


def tell_award(seen: Seen, context: Context) -> None:
    """A package is won."""
    fields = seen.fields
    key, state = _opened(seen, context)
    award = {
        "ref": seen.ref,
        "at": time_of(seen),
        "logged": seen.logged_at,
        "by": seen.issuer,
        "number": fields["award_no"],
        "tender": fields["tender_no"],
        "package": fields["package_no"],
        "to": fields["awarded_to"],
        "on": fields["awarded_on"],
        "from": fields["term_from"],
        "until": fields["term_until"],
        "fen": fields.get("amount_fen"),
        "items": [line["item_code"] for line in fields.get("lines", ())],
        "posted": [],
    }
    context.put(key, {**state, "awards": [*state["awards"], award]})
    context.wake(ready(award, context), key)
    _show(award, [], context)


def take_back(seen: Seen, context: Context) -> None:
    """A tender or an award counts no more."""
    key = context.get(f"tendered {seen.id}")
    state = None if key is None else context.get(key)
    if key is None or state is None:
        return
    kept = ("ref", "names", "logged", "until")
    tenders = [
        {**{name: one[name] for name in kept}, "gone": 1} if one["ref"][2] == seen.id else one
        for one in state["tenders"]
    ]
    awards = [one for one in state["awards"] if one["ref"][2] != seen.id]
    if len(awards) < len(state["awards"]):
        context.row(Row(FAMILY, f"award {seen.id}"))
    left: State = {"tenders": tenders, "awards": awards}
    context.put(key, left)
    context.wake(context.now, key)


def due(key: str, context: Context) -> None:
    """A tender should be in the log by now, or something came for it; or all of it is long over."""
    state = context.get(key)
    if state is None:
        return
    every = [*state["tenders"], *state["awards"]]
    if all(context.now >= _end(one["until"], context) for one in every):
        for one in every:
            context.put(f"tendered {one['ref'][2]}", None)
        context.put(key, None)
        return
    tender = newest([one for one in state["tenders"] if "gone" not in one])
    awards = [_judge(award, tender, state["awards"], key, context) for award in state["awards"]]
    if awards != state["awards"]:
        judged: State = {**state, "awards": awards}
        context.put(key, judged)


def ready(judged: Json, context: Context) -> str:
    """When what an award or a selection rests on should be in the log too."""
    return civil.later(judged["logged"], context.policy.rules["award_grace_h"] * HOUR_S)


def _judge(
    award: Json, tender: Json | None, awards: Sequence[Json], key: str, context: Context
) -> Json:
    """An award with what was posted of it."""
    if context.now < ready(award, context):
        context.wake(ready(award, context), key)
        return award
    found = list(_differences(award, tender, awards, context))
    found += _ordered(award, tender, awards, key, context)
    _show(award, found, context)
    return {**award, "posted": difference.suspect(found, award["posted"], context)}


def _differences(
    award: Json, tender: Json | None, awards: Sequence[Json], context: Context
) -> Iterator[Difference]:
    """What an award is not, as it was tendered."""
    if tender is None:
        yield _of(award, "award-without-tender", "", award["tender"], "", PARTY, None)
        return
    opened = tender["opened"]
    if tender["logged"] > ready(award, context):
        opened = max(opened, civil.day_of(tender["logged"], context.zone))
    if award["on"] < opened:
        yield _of(award, "award-before-opening", "", opened, award["on"], DAY, tender)
    if not award["to"].startswith(f"{_WINS[tender['kind']]}:"):
        kinds = (_WINS[tender["kind"]], award["to"])
        yield _of(award, "winner-of-other-kind", "", *kinds, PARTY, tender)
    for name, limit, sign in (("from", tender["from"], -1), ("until", tender["until"], 1)):
        if sign * civil.days_between(limit, award[name]) > 0:
            yield _of(award, "term-outside-tender", name, limit, award[name], DAY, tender)
    package = tender["packages"].get(award["package"])
    if package is None:
        known = ", ".join(tender["packages"])[:500]
        yield _of(award, "package-not-tendered", "", known, award["package"], PARTY, tender)
        return
    ceiling_fen, winners, categories = package
    if award["fen"] is not None and award["fen"] > ceiling_fen:
        line = ("awarded-above-ceiling", "", ceiling_fen, award["fen"], "fen")
        yield _of(award, *line, tender)
    before = {
        one["to"]
        for one in awards
        if one["package"] == award["package"] and index(one) < index(award)
    } - {award["to"]}
    if len(before) >= winners:
        line = ("winners-above-tender", award["package"], winners, len(before) + 1, "winner")
        yield _of(award, *line, tender)
    for item in award["items"]:
        category = _category(item, context.policy.rules)
        if category is not None and category not in categories:
            both = (", ".join(categories)[:500], category)
            yield _of(award, "item-outside-package", item, *both, PARTY, tender)


def _ordered(
    award: Json, tender: Json | None, awards: Sequence[Json], key: str, context: Context
) -> Iterator[Difference]:
    """What was ordered under the award's package beyond its ceiling, if it is the package's first award."""
    package = award["package"]
    asked_for = None if tender is None else tender["packages"].get(package)
    spent = None if asked_for is None else ceilings.spent(key, package, context)
    if tender is None or asked_for is None or spent is None:
        return
    limit_fen = ceilings.limit_fen(asked_for[0], context)
    first = min((one for one in awards if one["package"] == package), key=index)
    if spent["fen"] > limit_fen and first is award:
        records = [award["ref"], tender["ref"], *spent["last"].values()]
        line = ("orders-above-ceiling", package, limit_fen, spent["fen"], "fen", records)
        yield Difference(*line, award["at"], award["at"], award["by"])


def _category(item: str, rules: Mapping[str, Any]) -> str | None:
    """The category that the policy puts an item into: by the longest beginning of its code."""
    found: dict[str, str] = {}
    for one in rules["item_categories"]:
        if isinstance(one, dict) and item.startswith(str(one.get("begins", "~"))):
            found[str(one["begins"])] = str(one.get("category", ""))
    return found[max(found, key=len)] if found else None


def _of(
    award: Json,
    code: str,
    about: str,
    expected: int | str,
    found: int | str,
    unit: str,
    tender: Json | None,
) -> Difference:
    records = [award["ref"]] if tender is None else [award["ref"], tender["ref"]]
    times = (award["at"], award["at"])
    return Difference(code, about, expected, found, unit, records, *times, award["by"])


def _show(award: Json, found: Sequence[Difference], context: Context) -> None:
    rules = context.policy.rules
    detail: dict[str, JsonValue] = {
        "award_no": award["number"],
        "tender_no": award["tender"],
        "package_no": award["package"],
        "bureau": award["by"],
        "period_from": award["from"],
        "period_until": award["until"],
        **difference.lines(found, rules),
    }
    if context.now < ready(award, context):
        status = "open"
    else:
        status = "mismatched" if difference.mismatched(found, rules) else "matched"
    name = f"award {award['ref'][2]}"
    context.row(Row(FAMILY, name, award["to"], award["on"], KIND, status, detail))


def _opened(seen: Seen, context: Context) -> tuple[str, State]:
    """A tender by its number, new or not; the record's place in it is noted."""
    fields = seen.fields
    key = f"tender {fields['bureau']} {in_subject(fields['tender_no'])}"
    context.put(f"tendered {seen.id}", key)
    context.wake(_end(fields["term_until"], context), key)
    return key, context.get(key) or {"tenders": [], "awards": []}


def _end(until: str, context: Context) -> str:
    return civil.end_of(civil.days_later(until, FORGOTTEN_DAYS), context.zone)
