"""按实际结算: a settlement of every acceptance, some days after the end of its month.

Owed by the bureau's finance: whoever settled for the school last, else the only party in the log with
the role `bureau-funds`; where that is not known, by the school. Met by a settlement that names the
acceptance in one of its lines. An acceptance that takes nothing in needs none.

One page for each acceptance, by its id; what replaces another is settled with it (`replaced`). Who settles stands under `funds <school>` and `funds`.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import replaced, rules
from ledger.oversight.completeness.book import Book
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, ref
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "acceptance"
_FUNDS: Final = "funds"
_ROLE: Final = "bureau-funds"


class SettlementRule(Quiet):
    """The rule of these pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.SETTLEMENT,)
    reads: Mapping[str, frozenset[str]] = {
        "acceptance": frozenset({"school", "supplier", "order", "lines"}),
        "settlement": frozenset({"lines"}),
    }
    sources: Mapping[str, Items] = {"acceptance": ""}

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:
        """The acceptance's page; those of all acceptances that are settled."""
        said = seen.fields
        if seen.type == "settlement":
            settled = dict.fromkeys(line["acceptance"] for line in said["lines"])
            return [(f"{PREFIX} {record}", []) for record in settled]
        if not any(line["accepted_quantity"] for line in said["lines"]):
            return []
        at = civil.credible(seen.occurred_at, seen.logged_at, rules.CREDIBLE_DAYS)
        day = civil.day_of(at, zone)
        fact = [seen.logged_at, day, said["school"], said["supplier"], said["order"]]
        fact.append(seen.linked("replaces"))
        return [(key, fact) for key in replaced.keys(PREFIX, seen)]

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every rule
        """Its own, and those it links."""
        linked = (*seen.linked("settles"), *seen.linked("replaces"))
        return [f"{PREFIX} {record}" for record in (seen.id, *linked)]

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:  # noqa: ARG002 - as every rule
        """One, once the acceptance is known."""
        found: Owed = {}
        for record, accepted in replaced.own(page, PREFIX, "acceptance", context):
            _, day, school, supplier, order, before = accepted[3:]
            settled = replaced.answers(PREFIX, "settlement", "acceptance", before, context)
            if settled is None:
                continue
            found["settlement"] = Obligation(
                kind=rules.SETTLEMENT,
                source=ref(record, accepted),
                known_at=accepted[3],
                expected_type="settlement",
                expected_for=order,
                responsible=_settles(school, context),
                school=school,
                canteen=None,
                day=day,
                due_at=_due_at(day, context),
                answers=tuple(
                    Answer(made[1], made[0], settlement)
                    for settlement, made in {**settled, **page.of("settlement")}.items()
                ),
                more={"supplier": supplier},
            )
        return found

    def opens(
        self,
        page: Page,
        kind: str,  # noqa: ARG002 - as every rule
        more: Fact,
        context: Context,
    ) -> tuple[str, str] | None:
        """An acceptance that replaces none."""
        if not page.new or more[5]:
            return None
        due_at = _due_at(more[1], context)
        return due_at, due_at

    def only_answers(self, page: Page, kind: str) -> bool:
        """A settlement of an acceptance that neither replaces another nor was replaced."""
        accepted = page.of("acceptance")
        return (
            kind == "settlement"
            and len(accepted) == 1
            and all(
                not fact[8] and page.key == f"{PREFIX} {record}"
                for record, fact in accepted.items()
            )
        )

    def needed(self, page: Page, context: Context) -> bool:
        """As long as one that replaces it is waited for."""
        return replaced.is_needed(page, PREFIX, "acceptance", context)


class Funds:
    """Who settles for which school: a part of the family (`family.Part`)."""

    prefixes = (_FUNDS,)
    reads: Mapping[str, frozenset[str]] = {
        "role-grant": frozenset({"party", "role", "granted"}),
        "settlement": frozenset({"school"}),
    }

    def __init__(self, acceptances: Book) -> None:
        """The book whose obligations say who settles."""
        self._acceptances = acceptances

    def keys(self, seen: Seen, zone: str) -> Iterable[str]:  # noqa: ARG002 - as every part
        """The school's, or that of all who have the role."""
        return (_FUNDS if seen.type == "role-grant" else f"{_FUNDS} {seen.fields['school']}",)

    def tell(self, seen: Seen, context: Context) -> None:
        """Somebody gets the role or loses it, or settles."""
        said = seen.fields
        if seen.type == "settlement":
            key = f"{_FUNDS} {said['school']}"
            if context.get(key) != seen.issuer:
                self._acceptances.settle_all(context)
                context.put(key, seen.issuer)
        elif said["role"] == _ROLE:
            self._acceptances.settle_all(context)
            left = [party for party in context.get(_FUNDS) or () if party != said["party"]]
            context.put(_FUNDS, [*left, said["party"]] if said["granted"] else left or None)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Who settled once is who settles."""

    def due(self, key: str, context: Context) -> None:
        """Nothing is waited for."""

    def revise(self, key: str, context: Context) -> None:
        """Nothing is waited for."""


def _due_at(day: str, context: Context) -> str:
    last = civil.period_of(day, "month")[1]
    after_s = rules.of_kind(context, "due_after_s", rules.SETTLEMENT)
    return later(civil.end_of(last, context.zone), after_s)


def _settles(school: str, context: Context) -> str:
    settled: str | None = context.get(f"{_FUNDS} {school}")
    if settled is not None:
        return settled
    parties: list[str] = context.get(_FUNDS) or []
    return parties[0] if len(parties) == 1 else school
