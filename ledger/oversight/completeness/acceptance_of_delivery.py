"""双人验收: an acceptance, or a rejection of all of it, of every delivery.

Owed by the school: of each dispatch, some hours after it was sent off and its order was to be there;
where the supplier posted none for the order, of the goods weighed in on one day.

An acceptance is of the deliveries that it links. One that links none is of those sent off before it
with an item that it takes in, for one delivery may come in two parts, each accepted by itself, or both
together; and where there are as many acceptances as deliveries left, of all, for suppliers post late.
Rejections likewise, once they refuse every item of the delivery between them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, first, ref
from ledger.oversight.family import Context

_TYPE: Final = "acceptance"


def owed(page: Page, context: Context) -> dict[str, Obligation]:
    """One for each dispatch; without any, for each day on which goods were weighed in."""
    dispatches = page.of("dispatch")
    if not dispatches:
        days = dict.fromkeys(fact[6] for fact in page.of("weigh-in").values())
        return {item: one for day in days for item, one in weighed(page, context, day).items()}
    until = _until(page)
    found = {}
    for record, sent in dispatches.items():
        found[f"delivery {record}"] = _obligation(
            page,
            context,
            source=(record, sent),
            known_at=sent[3],
            expected_for=sent[5],
            since=max(sent[4], until),
            answers=tuple(_of_dispatch(page, record)),
        )
    return found


def weighed(page: Page, context: Context, day: str) -> dict[str, Obligation]:
    """One for the goods weighed in on a day, where no dispatch is known."""
    if page.of("dispatch"):
        return {}
    goods = {record: one for record, one in page.of("weigh-in").items() if one[6] == day}
    if not goods:
        return {}
    source = first(goods)
    obligation = _obligation(
        page,
        context,
        source=(source, goods[source]),
        known_at=goods[source][1],
        expected_for=page.key,
        since=goods[source][3],
        answers=tuple(_of_goods(page, goods)),
    )
    return {f"weighed {day}": replace(obligation, yields=True)}


def _obligation(
    page: Page,
    context: Context,
    *,
    source: tuple[str, Fact],
    known_at: str,
    expected_for: str,
    since: str,
    answers: tuple[Answer, ...],
) -> Obligation:
    record, fact = source
    school = civil.school_of(page.key)
    return Obligation(
        kind=rules.ACCEPTANCE,
        source=ref(record, fact),
        known_at=known_at,
        expected_type=_TYPE,
        expected_for=expected_for,
        responsible=school,
        school=school,
        canteen=_canteen(page),
        day=civil.day_of(since, context.zone),
        due_at=later(since, rules.of_kind(context, "due_after_s", rules.ACCEPTANCE)),
        answers=answers,
        cites=tuple(page.refs("order")),
    )


def _canteen(page: Page) -> str | None:
    """Where the goods were to go, or else where they were weighed; None where neither is known."""
    for kind, place in (("order", 4), ("weigh-in", 7)):
        for fact in page.of(kind).values():
            return str(fact[place])
    return None


def _until(page: Page) -> str:
    """By when the order's goods were to be there; empty where the order is not known."""
    return max((order[5] for order in page.of("order").values()), default="")


def _of_dispatch(page: Page, record: str) -> Iterator[Answer]:
    """What takes a dispatch in, or refuses all of it."""
    dispatches = page.of("dispatch")
    if len(dispatches) == 1:  # everything is of it
        for accepted, fact in page.of(_TYPE).items():
            yield Answer(fact[1], fact[0], accepted)
        if page.of("rejection"):
            yield from _refused(set(dispatches[record][6]), page.of("rejection"))
        return
    names = {name: one for one, sent in dispatches.items() for name in (one, sent[5])}
    sent = dispatches[record]
    items = set(sent[6])
    named: set[str] = set()
    loose = []
    for accepted, fact in page.of(_TYPE).items():
        of = {names[name] for name in fact[4] if name in names}
        named |= of
        if record in of:
            yield Answer(fact[1], fact[0], accepted)
        elif not of:
            loose.append((accepted, fact))
    enough = len(loose) >= sum(one not in named for one in dispatches)
    for accepted, fact in loose:
        shared = items.intersection(line[1] for line in fact[5])
        if enough or (shared and sent[4] <= fact[3]):
            yield Answer(fact[1], fact[0], accepted)
    yield from _refused(
        items,
        {
            rejected: fact
            for rejected, fact in page.of("rejection").items()
            if record in (of := {names[name] for name in fact[4] if name in names})
            or (not of and sent[4] <= fact[3])
        },
    )


def _of_goods(page: Page, goods: Mapping[str, Fact]) -> Iterator[Answer]:
    """What takes weighed goods in, or refuses all of them."""
    lines = {one[4] for one in goods.values() if one[4] is not None}
    items = {one[5] for one in goods.values()}
    begun = min(one[3] for one in goods.values())
    if len({one[6] for one in page.of("weigh-in").values()}) == 1:
        begun = ""  # they came on one day only: clocks need not agree on what came first
    for accepted, fact in page.of(_TYPE).items():
        of = [line for line in fact[5] if line[0] in lines or line[1] in items]
        if goods.keys() & fact[4] or (of and begun <= fact[3]):
            yield Answer(fact[1], fact[0], accepted)
    later_on = {name: fact for name, fact in page.of("rejection").items() if begun <= fact[3]}
    yield from _refused(items, later_on)


def _refused(items: set[str], rejections: Mapping[str, Fact]) -> Iterator[Answer]:
    """The rejection that completes the refusal of all items."""
    left = set(items)
    for record, fact in sorted(rejections.items(), key=lambda one: (one[1][1], one[1][0])):
        left.difference_update(line[1] for line in fact[5])
        if not left:
            yield Answer(fact[1], fact[0], record)
            return
