"""A supplier's certificates and the bureau's reviews of them (资质证照、资格审查), as state keeps them.

    [[[id, kind, first day, last day, [scopes]] of its certificates],
     [[id, certificate, checked_at, decision, register_status] of their reviews],
     [[certificate, the one it replaces]]]

each ascending, so that the same records told in any order give the same value.

What was found of wrong data holds for the right ones that replace them, until those are reviewed: or
whoever holds a rejected certificate would only have to correct it. Which replaces which stands in
the statements, and is remembered of a certificate that itself counts no more.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from ledger.canonical import JsonValue
from ledger.oversight.acts import Act, Told
from ledger.statement import Statement

CERTIFICATE: Final = "certificate"
REVIEW: Final = "certificate-review"
READ: Final = {
    CERTIFICATE: frozenset(
        {"holder", "certificate_kind", "issued_on", "valid_from", "valid_until", "scope"}
    ),
    REVIEW: frozenset({"holder", "checked_at", "decision", "register_status"}),
}
"""The payload fields read of each type."""

_LAST_DAY: Final = "9999-12-31"


class Paper(NamedTuple):
    """A certificate; one without an end (长期) ends on the last day there is."""

    id: str
    kind: str
    first: str
    last: str
    scopes: list[str]

    @staticmethod
    def of(told: Told) -> "Paper":
        """The certificate of its record."""
        payload: Any = told.payload
        return Paper(
            told.said.id,
            payload["certificate_kind"],
            payload.get("valid_from", payload["issued_on"]),
            payload["valid_until"] or _LAST_DAY,
            sorted(set(payload["scope"])),
        )


class Review(NamedTuple):
    """The bureau's look at a certificate."""

    id: str
    certificate: str
    checked_at: str
    decision: str
    status: str

    @property
    def weight(self) -> tuple[str, bool, str]:
        """The greatest of several counts; of two of one time, one that rejects."""
        return self.checked_at, self.decision == "rejected", self.id

    @staticmethod
    def of(told: Told) -> "Iterator[Review]":
        """The reviews of a record, one for each certificate that it links to."""
        payload: Any = told.payload
        for link in told.said.links:
            if link.rel == "reviews" and link.id is not None:
                yield Review(
                    told.said.id,
                    link.id,
                    payload["checked_at"],
                    payload["decision"],
                    payload["register_status"],
                )


@dataclass(frozen=True, slots=True)
class Papers:
    """What is known of one supplier."""

    papers: list[Paper]
    reviews: list[Review]
    replaced: list[list[str]]

    @staticmethod
    def of(stored: Any) -> "Papers":
        """Those of a stored value; None: none."""
        papers, reviews, replaced = stored or ([], [], [])
        return Papers(
            [Paper(*item) for item in papers], [Review(*item) for item in reviews], replaced
        )

    def without(self, said: Statement) -> "Papers":
        """Without a record, but for which it replaces."""
        pairs = [
            [said.id, link.id]
            for link in said.links
            if said.type == CERTIFICATE and link.rel == "replaces" and link.id is not None
        ]
        return Papers(
            [paper for paper in self.papers if paper.id != said.id],
            [review for review in self.reviews if review.id != said.id],
            [*(pair for pair in self.replaced if pair not in pairs), *pairs],
        )

    def told(self, told: Told) -> "Papers":
        """With a certificate or a review more."""
        known = self.without(told.said)
        if told.said.type == CERTIFICATE:
            return Papers([*known.papers, Paper.of(told)], known.reviews, known.replaced)
        return Papers(known.papers, [*known.reviews, *Review.of(told)], known.replaced)

    def written(self) -> JsonValue:
        """The value that is stored."""
        stored: Any = [
            [list(paper) for paper in sorted(self.papers)],
            [list(review) for review in sorted(self.reviews)],
            sorted(self.replaced),
        ]
        return stored  # type: ignore[no-any-return]

    def adverse(self, paper: Paper, act: Act, void: Collection[str]) -> Review | None:
        """The review by which a paper does not count when an act is logged; None where it does.

        Args:
            paper: one of the supplier's.
            act: to be judged.
            void: states of a register in which no paper counts, whatever was decided.
        """
        if not self.reviews:
            return None
        same = self._same(paper.id)
        made = [
            review
            for review in self.reviews
            if review.certificate in same and review.checked_at <= act.logged_at
        ]
        last = max(made, key=lambda review: review.weight, default=None)
        if last is None or (last.decision != "rejected" and last.status not in void):
            return None
        return last

    def _same(self, certificate: str) -> set[str]:
        """A certificate and those that it replaces, one after the other."""
        found = {certificate}
        for _ in self.replaced:
            found |= {old for new, old in self.replaced if new in found}
        return found
