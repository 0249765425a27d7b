"""What is remembered of one holder: a supplier, labour firm, school, canteen, person or scale.

State under `of <subject>`, an object without its empty members: `papers`, and beside them `reviews`
and `decisions` of a supplier, `works` and `gaps` of a person, `days` on which a supplier's
deliveries were found to be amiss. Items are lists that begin with a reference to their record; they are
read on every weigh-in, so a list becomes a named tuple and nothing more.

No two records depend on which came first: what holds is asked of all that is remembered.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from ledger.canonical import JsonValue
from ledger.oversight.certificates.rules import KEPT_DAYS, Rules
from ledger.oversight.civil import days_later
from ledger.oversight.seen import Ref

HOLDERS: Final = ("supplier", "labour", "school", "canteen", "person", "device")
"""Kinds of subject that have papers."""

_HARDER: Final = {"in-force": 0, "suspended": 1, "removed": 2}
_PASSING: Final = ("person", "device")
"""Who is replaced by others in time: pseudonyms last a school year, scales are scrapped."""


class Paper(NamedTuple):
    """A certificate, health certificate or calibration.

    Attributes:
        ref: its record.
        kind: of certificate.
        begins: first day of validity.
        ends: last day; None: 长期, it has none.
        scope: what it is for.
        about: in whose scope its row stands: the holder, an employer, a school.
        good: 0 for a calibration that the scale did not pass.
        renews: ids of the papers it says it renews.
        warned: lead of the last warning; None before the first.
        warning: id of that warning.
    """

    ref: Ref
    kind: str
    begins: str
    ends: str | None
    scope: list[str]
    about: str
    good: int
    renews: list[str]
    warned: int | None = None
    warning: str = ""

    @property
    def id(self) -> str:
        """Of its record."""
        return str(self.ref[2])

    def covers(self, day: str) -> bool:
        """Whether the day lies in its validity."""
        return self.begins <= day and (self.ends is None or day <= self.ends)

    def has_ended(self, day: str) -> bool:
        """Whether its last day lies before."""
        return self.ends is not None and self.ends < day

    @property
    def last_day(self) -> str:
        """Sorts after every other where there is none."""
        return self.ends or "~"


class Review(NamedTuple):
    """A bureau's look at a certificate (资格审查)."""

    ref: Ref
    checked_at: str
    decision: str
    register_status: str


class Decision(NamedTuple):
    """An admission, suspension or removal; a suspension's term is all days."""

    ref: Ref
    says: str
    effective_at: str
    term_from: str
    term_until: str
    categories: list[str]

    @property
    def weight(self) -> tuple[str, int, str]:
        """The greatest of several counts; of one time, the harder."""
        return self.effective_at, _HARDER[self.says], str(self.ref[2])


class Work(NamedTuple):
    """Until when one of the staff is registered to work, and for whom."""

    ref: Ref
    until: str
    employer: str


@dataclass(slots=True)
class Holder:
    """Everything remembered of one holder; changed in place, then written back."""

    subject: str
    papers: list[Paper] = field(default_factory=list)
    reviews: dict[str, list[Review]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)

    @staticmethod
    def of(subject: str, state: Any) -> "Holder":
        """The holder as state has it; nothing of what is handed in is changed later."""
        if not state:
            return Holder(subject)
        return Holder(
            subject,
            [Paper(*item) for item in state.get("papers", ())],
            {
                paper: [Review(*item) for item in items]
                for paper, items in state.get("reviews", {}).items()
            },
            [Decision(*item) for item in state.get("decisions", ())],
            [Work(*item) for item in state.get("works", ())],
            list(state.get("days", ())),
            [dict(gap) for gap in state.get("gaps", ())],
        )

    def to_json(self) -> JsonValue:
        """As state keeps it; None where nothing is remembered."""
        members: dict[str, Any] = {
            "papers": [list(paper) for paper in self.papers],
            "reviews": {
                paper: [list(one) for one in found] for paper, found in self.reviews.items()
            },
            "decisions": [list(decision) for decision in self.decisions],
            "works": [list(work) for work in self.works],
            "days": list(self.days),
            "gaps": [dict(gap) for gap in self.gaps],
        }
        return {name: value for name, value in members.items() if value} or None

    def adverse(self, paper: Paper, rules: Rules, at: str | None = None) -> Review | None:
        """The review by which a paper does not count; None where it counts.

        Args:
            paper: one of the holder's.
            rules: which statuses of a register are adverse.
            at: by the reviews that were made by then; None: by all.
        """
        known = self.reviews.get(paper.id)
        made = known and [one for one in known if at is None or one.checked_at <= at]
        if not made:
            return None
        last = max(made, key=lambda one: (one.checked_at, one.ref[0]))
        bad = last.decision == "rejected" or last.register_status in rules.void_statuses
        return last if bad else None

    def in_force(self, day: str, at: str, rules: Rules) -> Iterator[Paper]:
        """The papers that cover a day, as far as reviews made until then let them count."""
        for paper in self.papers:
            if paper.good and paper.covers(day) and self.adverse(paper, rules, at) is None:
                yield paper

    def renewal(self, paper: Paper, rules: Rules) -> Paper | None:
        """The paper that has taken another's place, if any: the one that lasts longest.

        A link `renews` is enough where the new paper lasts as long; without a link, one of the same
        kind for some of the same goods that lasts longer. Of two that last equally long only the
        later can renew the earlier, or both would be silent.
        """
        found = [
            other
            for other in self.papers
            if other.id != paper.id
            and other.kind == paper.kind
            and other.good
            and _renews(other, paper)
            and self.adverse(other, rules) is None
        ]
        return max(found, key=lambda other: (other.last_day, other.ref[0]), default=None)

    def prune(self, today: str) -> None:
        """Forget what no record to come is judged by.

        The last paper of each kind stays, but for people and scales: whose licence lapsed years ago
        still has a lapsed one.
        """
        since = days_later(today, -KEPT_DAYS)
        last: dict[str, Paper] = {}
        if not self.subject.startswith(_PASSING):
            for paper in self.papers:
                if paper.kind not in last or last[paper.kind].last_day <= paper.last_day:
                    last[paper.kind] = paper
        self.papers = [
            paper
            for paper in self.papers
            if paper.last_day >= since or last.get(paper.kind) is paper
        ]
        kept = {paper.id for paper in self.papers}
        self.reviews = {paper: found for paper, found in self.reviews.items() if paper in kept}
        # Whoever leaves before a paper ends need not renew it: known for as long as the paper is.
        self.works = [work for work in self.works if self.papers or work.until >= since]
        self.gaps = [gap for gap in self.gaps if gap["last_on"] >= since]
        self.decisions = [one for one in self.decisions if not self._superseded(one, since)]

    def _superseded(self, decision: Decision, since: str) -> bool:
        """Whether, for all that it was about, another decision has counted since long ago."""
        return all(
            any(
                category in other.categories
                and other.weight > decision.weight
                and max(other.effective_at[:10], other.term_from) < since
                for other in self.decisions
            )
            for category in decision.categories
        )


def has(state: Any, kind: str, day: str) -> bool:
    """Whether a holder has a paper of a kind that covers a day, as state has it."""
    for item in state["papers"] if state and "papers" in state else ():
        if item[1] == kind and item[2] <= day and (item[3] is None or day <= item[3]):
            return True
    return False


def _renews(other: Paper, paper: Paper) -> bool:
    if paper.id in other.renews:
        return (other.last_day, other.ref[0]) > (paper.last_day, paper.ref[0])
    alike = not paper.scope or not set(paper.scope).isdisjoint(other.scope)
    return alike and other.last_day > paper.last_day
