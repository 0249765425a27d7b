"""日管控、周排查、月调度 (SAMR Order 60): self-inspections of every day, week and month of service.

Owed by the school, from the calendar: of each day, calendar week and month in which it serves a meal,
by the end of it. Met by one of the level whose period is that day, ends in that week, or lies in that
month. Which levels are asked for the policy says.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from ledger.oversight import civil
from ledger.oversight.completeness import rules
from ledger.oversight.completeness.obligation import Answer, Obligation, later
from ledger.oversight.completeness.page import Fact, Page, first, ref
from ledger.oversight.completeness.rule import Items, Owed, Quiet
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

PREFIX: Final = "self"
DAILY: Final = "daily-control"
WEEKLY: Final = "weekly-check"
MONTHLY: Final = "monthly-meeting"
_AROUND: Final = range(-8, 9)


@lru_cache(maxsize=1024)
def periods(day: str) -> tuple[tuple[str, str, str], ...]:
    """Level, first and last day of the periods that a day lies in."""
    monday = civil.days_later(day, 1 - date.fromisoformat(day).isoweekday())
    return (
        (DAILY, day, day),
        (WEEKLY, monday, civil.days_later(monday, 6)),
        (MONTHLY, *civil.period_of(day, "month")),
    )


def key(canteen: str, level: str, begin: str) -> str:
    """Of a period's page."""
    return f"{PREFIX} {canteen} {level} {begin}"


class SelfInspectionRule(Quiet):
    """The rule of these pages (`rule.Rule`)."""

    prefixes = (PREFIX,)
    kinds = (rules.SELF_INSPECTION,)
    reads: Mapping[str, frozenset[str]] = {
        "self-inspection": frozenset({"canteen", "level", "period_until"})
    }
    sources: Mapping[str, Items] = {}

    def entries(self, seen: Seen, zone: str) -> Iterable[tuple[str, Fact]]:  # noqa: ARG002 - as every rule
        """The page of the period in which its own ends."""
        said = seen.fields
        for level, begin, _ in periods(said["period_until"]):
            if level == said["level"]:
                yield key(said["canteen"], level, begin), []

    def candidates(self, seen: Seen, zone: str) -> Iterable[str]:
        """All periods about the time that it was said."""
        day = civil.day_of(seen.occurred_at, zone)
        for canteen in (name for name in seen.subjects if name.startswith("canteen:")):
            for days in _AROUND:
                for level, begin, _ in periods(civil.days_later(day, days)):
                    yield key(canteen, level, begin)

    def opens(
        self,
        page: Page,
        kind: str,  # noqa: ARG002 - as every rule
        more: Fact,  # noqa: ARG002 - as every rule
        context: Context,
    ) -> tuple[str, str] | None:
        """What the calendar asks for."""
        _, _, level, begin = page.key.split(" ")
        due_at = _due_at(next(last for of, _, last in periods(begin) if of == level), context)
        return due_at, due_at

    def only_answers(self, page: Page, kind: str) -> bool:  # noqa: ARG002 - as every rule
        """What the calendar asks for."""
        return True

    def owed(self, page: Page, context: Context, told: tuple[str, Fact] | None) -> Owed:  # noqa: ARG002 - as every rule
        """One, where anything is served in the period."""
        calendars = page.of("serving-calendar")
        _, canteen, level, begin = page.key.split(" ")
        if not calendars:
            return {}
        source = first(calendars)
        last = next(last for of, _, last in periods(begin) if of == level)
        school = civil.school_of(canteen)
        obligation = Obligation(
            kind=rules.SELF_INSPECTION,
            source=ref(source, calendars[source]),
            known_at=calendars[source][1],
            expected_type="self-inspection",
            expected_for=f"{canteen} {level} {begin}",
            responsible=school,
            school=school,
            canteen=canteen,
            day=last,
            due_at=_due_at(last, context),
            answers=tuple(
                Answer(made[1], made[0], record)
                for record, made in page.of("self-inspection").items()
            ),
            asked=level in rules.listed(context, "self_inspections"),
            more={"level": level},
        )
        return {level: obligation}


def _due_at(last: str, context: Context) -> str:
    after_s = rules.of_kind(context, "due_after_s", rules.SELF_INSPECTION)
    return later(civil.end_of(last, context.zone), after_s)
