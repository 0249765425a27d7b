"""留样: a sample of every dish of every meal, ≥125 g, kept for 48 hours (DOMAIN §2).

Owed by the school. What was served counts where the kitchen says it, else what the menu names: a dish
that was planned and not made needs no sample, one that was served instead of it does. A menu that
supersedes another before the meal is over takes its place. Due when the meal is over.

A sample below the weight (`sample-too-small`) or disposed of before its time (`sample-disposed-early`)
is a `suspicion`, found when it is told. Local rules differ: weight and hours are policy.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.meal import Meal
from ledger.oversight.completeness.obligation import Answer, Obligation
from ledger.oversight.completeness.page import Fact, Page, first, ref
from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen

_CERTAIN_PPM: Final = 1_000_000


def owed(
    page: Page, meal: Meal, context: Context, dishes: Iterable[str] | None = None
) -> dict[str, Obligation]:
    """One for each dish, or for these only."""
    over_at = meal.over_at(context)
    menus, served, samples = page.of("menu"), page.of("meal-service"), page.of("sample-retained")
    ended = _ended(menus, over_at)
    closed = bool(page.of("closed"))
    found = {}
    for code in _dishes(menus, served) if dishes is None else dishes:
        planned = {record: fact for record, fact in menus.items() if code in fact[4]}
        named = planned
        if ended:
            named = {record: fact for record, fact in planned.items() if record not in ended}
        made = {record: fact for record, fact in served.items() if code in fact[4]}
        by = named or made or planned
        if not by:
            continue
        source = first(by)
        fact = by[source]
        answers = [Answer(one[1], one[0], name) for name, one in samples.items() if one[3] == code]
        found[f"sample {code}"] = Obligation(
            kind=rules.SAMPLE,
            source=ref(source, fact),
            known_at=fact[3],
            expected_type="sample-retained",
            expected_for=subjects.dish(meal.canteen, meal.day, meal.meal, code),
            responsible=meal.school,
            school=meal.school,
            canteen=meal.canteen,
            day=meal.day,
            due_at=over_at,
            answers=tuple(answers),
            # What is there need not rest on anything.
            cites=() if answers else _cites(page, made),
            ended=not made and (bool(served) or closed or not named),
            more={"dish_code": code},
        )
    return found


def served_otherwise(page: Page, served: Fact) -> list[str] | None:
    """The dishes that the first service of a meal says otherwise of than its only menu.

    None: to be seen from all that is known.
    """
    menus = page.of("menu")
    if len(page.of("meal-service")) > 1 or len(menus) != 1 or page.of("closed"):
        return None
    (menu,) = menus.values()
    if menu[5]:
        return None
    planned, made = menu[4], served[4]
    dishes = dict.fromkeys((*planned, *made))
    return [code for code in dishes if (code in planned) != (code in made)]


def notice_sample(page: Page, seen: Seen, meal: Meal, context: Context) -> None:
    """Look at a sample that was told: its weight, and whether it was disposed of already."""
    if seen.fields["amount_g"] < rules.whole(context, "sample_min_g"):
        _suspect(
            "sample-too-small", "sample_small_severity", [(seen.ref, "amount_g")],
            (seen.occurred_at, seen.occurred_at), meal, context,
        )  # fmt: skip
    names = {seen.id, *seen.linked("replaces")}
    for record, disposal in page.of("sample-disposed").items():
        if names.intersection(disposal[6]):
            _hold(seen.ref, seen.occurred_at, ref(record, disposal), disposal, meal, context)


def notice_disposal(page: Page, seen: Seen, meal: Meal, context: Context) -> None:
    """Look at a disposal that was told: whether the sample had been kept for its time."""
    disposal = page.of("sample-disposed")[seen.id]
    for record, sample in page.of("sample-retained").items():
        if record in disposal[6]:
            _hold(ref(record, sample), sample[4], seen.ref, disposal, meal, context)


def _hold(
    sample: Ref, kept_from: str, ended: Ref, disposal: Fact, meal: Meal, context: Context
) -> None:
    """Hold a sample against its disposal."""
    disposed_at, reason = disposal[4], disposal[5]
    if reason in rules.listed(context, "sample_early_reasons"):
        return
    if disposed_at < civil.later(kept_from, rules.whole(context, "sample_kept_s")):
        times = (min(kept_from, disposed_at), max(kept_from, disposed_at))
        _suspect(
            "sample-disposed-early", "sample_early_severity",
            [(sample, None), (ended, "disposed_at")], times, meal, context,
        )  # fmt: skip


def _suspect(
    kind: str,
    severity: str,
    seen: Sequence[tuple[Ref, str | None]],
    times: tuple[str, str],
    meal: Meal,
    context: Context,
) -> None:
    observations: list[dict[str, Any]] = []
    for record, field in seen:
        observations.append(
            {"record": record[2]} if field is None else {"record": record[2], "field": field}
        )
    payload = {
        "suspicion_kind": kind,
        "responsible": meal.school,
        "canteen": meal.canteen,
        "severity": context.policy.rules[severity],
        "first_at": times[0],
        "last_at": times[1],
        "score_ppm": _CERTAIN_PPM,
        "threshold_ppm": _CERTAIN_PPM,
        "observations": observations,
    }
    context.find("suspicion", payload, [record for record, _ in seen])


def _cites(page: Page, made: Mapping[str, Fact]) -> tuple[Ref, ...]:
    """What says that the dish was made, and that the meal was to be served."""
    return (*[ref(*one) for one in made.items()], *page.refs("serving-calendar"))


def _ended(menus: Mapping[str, Fact], over_at: str) -> set[str]:
    """The menus that another one superseded before the meal was over."""
    return {name for menu in menus.values() if menu[5] and menu[3] < over_at for name in menu[5]}


def _dishes(menus: Mapping[str, Fact], served: Mapping[str, Fact]) -> list[str]:
    named = dict.fromkeys(code for menu in menus.values() for code in menu[4])
    named.update(dict.fromkeys(code for service in served.values() for code in service[4]))
    return list(named)
