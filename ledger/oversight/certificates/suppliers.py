"""What speaks against a supplier at one moment: admission, papers, and what its permit covers.

准入、证照、许可范围. Judged by dates, and by what stands in the log: of several decisions on one category
the last by `effective_at` counts, as where orders are refused; one that admits for a term to come
does not count before it. A certificate covers its first and its last day.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from ledger.oversight.certificates.papers import Decision, Holder, Paper
from ledger.oversight.certificates.rules import Rules
from ledger.oversight.seen import Ref

OUTSIDE_PERMIT: Final = "goods-outside-permit"
QUESTION: Final = {
    **dict.fromkeys(
        ("supplier-not-admitted", "supplier-suspended", "supplier-removed", "admission-over"),
        "admission",
    ),
    **dict.fromkeys(
        ("certificate-lapsed", "certificate-rejected", "certificate-missing"), "papers"
    ),
    OUTSIDE_PERMIT: "permit",
}
"""Kinds that answer one question: papers which come later may make one of them the other."""

_READ_AT_ONCE: Final = 1_000
_OTHERWISE: Final = {"suspended": "supplier-suspended", "removed": "supplier-removed"}


class Cause(NamedTuple):
    """A record by which something is amiss, and the field that says so."""

    ref: Ref
    field: str


class Ground(NamedTuple):
    """Something that is amiss: the kind of suspicion, and what causes it, if any record does."""

    kind: str
    causes: Sequence[Cause] = ()


class Clearances:
    """Suppliers of whom it is known that nothing speaks against them: nearly all of them are.

    What holds at a moment holds at every other of that day, unless a review was made or a decision
    came into effect in between.
    """

    def __init__(self) -> None:
        self._last: dict[str, _Clear] = {}

    def holds(
        self, subject: str, state: Any, items: Sequence[str], day: str, at: str, rules: Rules
    ) -> bool:
        """Whether a supplier may deliver some items at a moment of a day.

        Args:
            subject: the supplier.
            state: what is remembered of it, the same object as long as it stays as it is.
            items: item codes.
            day: civil day of the moment.
            at: the moment.
            rules: the policy.
        """
        last = self._last.get(subject)
        if last is None or last.state is not state or last.rules is not rules:
            if len(self._last) >= _READ_AT_ONCE:
                self._last.clear()
            last = self._last[subject] = _Clear(subject, state, rules)
        moment = (day, bisect_right(last.turns, at), tuple(items) if rules.goods else None)
        known = last.found.get(moment)
        if known is None:
            if len(last.found) >= _READ_AT_ONCE:
                last.found.clear()
            known = last.found[moment] = not against(last.holder, items, day, at, rules)
        return known


class _Clear:
    """A supplier as it was read last, and what was found of it."""

    __slots__ = ("found", "holder", "rules", "state", "turns")

    def __init__(self, subject: str, state: Any, rules: Rules) -> None:
        self.state, self.rules = state, rules
        self.holder = holder = Holder.of(subject, state)
        turns = [one.effective_at for one in holder.decisions]
        turns += [one.checked_at for reviews in holder.reviews.values() for one in reviews]
        self.turns = sorted(turns)
        self.found: dict[tuple[str, int, tuple[str, ...] | None], bool] = {}


def against(holder: Holder, items: Iterable[str], day: str, at: str, rules: Rules) -> list[Ground]:
    """All that is amiss if a supplier delivers some items at a moment of a day; a kind may repeat."""
    codes = dict.fromkeys(items)
    in_force = list(holder.in_force(day, at, rules))
    return [
        *_not_admitted(holder.decisions, codes, day, at, rules),
        *_without_papers(holder, in_force, day, at, rules),
        *_outside_permit(in_force, codes, rules),
    ]


def _not_admitted(
    decisions: Sequence[Decision], codes: Iterable[str], day: str, at: str, rules: Rules
) -> Iterator[Ground]:
    """Admitted for nothing at all; or not for a category that the policy puts an item in."""
    counts = _that_count(decisions, day, at)
    if not any(_admits(decision, day) for decision in counts.values()):
        last = max(counts.values(), key=lambda one: one.weight, default=None)
        yield _why_not(last)
        return
    for code in codes if rules.goods else ():
        goods = rules.item(code)
        if goods is not None and goods.category:
            decision = counts.get(goods.category)
            if decision is None or not _admits(decision, day):
                yield _why_not(decision)


def _that_count(decisions: Sequence[Decision], day: str, at: str) -> dict[str, Decision]:
    """Of each category the decision that counts."""
    counts: dict[str, Decision] = {}
    for decision in decisions:
        if decision.effective_at <= at and decision.term_from <= day:
            for category in decision.categories:
                before = counts.get(category)
                if before is None or before.weight < decision.weight:
                    counts[category] = decision
    return counts


def _admits(decision: Decision, day: str) -> bool:
    return decision.says == "in-force" and day <= decision.term_until


def _why_not(decision: Decision | None) -> Ground:
    if decision is None:
        return Ground("supplier-not-admitted")
    kind = _OTHERWISE.get(decision.says, "admission-over")
    field = "decision" if decision.says in _OTHERWISE else "term_until"
    return Ground(kind, (Cause(decision.ref, field),))


def _without_papers(
    holder: Holder, in_force: Sequence[Paper], day: str, at: str, rules: Rules
) -> Iterator[Ground]:
    """A group of kinds of which no paper is in force: lapsed, rejected, or never shown."""
    held = {paper.kind for paper in in_force}
    for group in rules.required_kinds:
        if not held.isdisjoint(group):
            continue
        shown = [paper for paper in holder.papers if paper.kind in group and paper.begins <= day]
        last = max(shown, key=lambda paper: (paper.last_day, paper.ref[0]), default=None)
        if last is None:
            if rules.never_shown:
                yield Ground("certificate-missing")
            continue
        review = holder.adverse(last, rules, at)
        if review is None:
            yield Ground("certificate-lapsed", (Cause(last.ref, "valid_until"),))
        else:
            causes = Cause(last.ref, "certificate_no"), Cause(review.ref, "decision")
            yield Ground("certificate-rejected", causes)


def _outside_permit(
    in_force: Sequence[Paper], codes: Iterable[str], rules: Rules
) -> Iterator[Ground]:
    """Goods of which no permit in force has a scope; without any permit nothing can be outside."""
    permits = [paper for paper in in_force if paper.kind in rules.permit_kinds]
    if not permits or not rules.goods:
        return
    scopes = {scope for paper in permits for scope in paper.scope}
    for code in codes:
        goods = rules.item(code)
        if goods is not None and goods.scopes and scopes.isdisjoint(goods.scopes):
            yield Ground(OUTSIDE_PERMIT, [Cause(paper.ref, "scope") for paper in permits])
            return
