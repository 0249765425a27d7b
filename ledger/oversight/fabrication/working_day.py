"""Work before the morning check (先上岗后晨检): times of one day that cannot both be true.

`work-before-check`: a person cooked or took a sample more than `check_grace_s` before the first of
that person's own checks of the day. `served-before-check`: a meal was served in the canteen before
anyone was checked. Who was not checked at all is missing evidence, not a contradiction, and no concern
here.

Times that people type in are rounded: that is what the grace is for. Records of a day come in any
order, hours late: the day is looked at `day_wait_s` after its end, or after its first record where
that came later. One finding for each day and canteen, and of each person after `again_soon_days`.

Kept until then under `work <canteen>`, by day: by person the earliest checks and the earliest work,
services as nobody's; [when, index, leaf hash, id, field].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.evidence import subjects
from ledger.oversight import civil
from ledger.oversight.fabrication import statistics, times
from ledger.oversight.fabrication.detector import Detector
from ledger.oversight.fabrication.report import Case, is_quiet, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_KIND: Final = "timing-impossible"
_EARLIEST: Final = 3
"""How many of a person's are kept: the next ones stand in where the first is taken back."""
_ANYONE: Final = ""


class WorkingDay(Detector):
    """Work that came before the check."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "morning-check": frozenset({"canteen", "staff", "checked_at"}),
        "cooking-step": frozenset({"canteen", "cooked_by", "started_at"}),
        "sample-retained": frozenset({"canteen", "retained_by"}),
        "meal-service": frozenset({"canteen", "started_at"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {
        "check_grace_s": 900,
        "day_wait_s": 43_200,
        "again_soon_days": 7,
    }
    wakes: ClassVar[frozenset[str]] = frozenset({"work"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """The canteen's."""
        return [f"work {seen.subject('canteen')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """A check, or work."""
        what, who, at, field = _said(seen)
        canteen = seen.fields["canteen"]
        day = civil.day_of(at, context.zone)
        key = f"work {canteen}"
        days = context.get(key) or {}
        kept = days.get(day)
        if kept is None:
            kept = {"check": {}, "work": {}}
            wait = context.policy.rules["day_wait_s"]
            over = times.after_day(day, context.zone, context.now, wait)
            context.wake(over, f"{key} {day}")
        people = kept[what]
        entry = [at, *seen.ref, field]
        before = people.get(who)
        if before and len(before) == _EARLIEST and before[-1] <= entry:
            return
        after = sorted([*before, entry])[:_EARLIEST] if before else [entry]
        context.put(key, {**days, day: {**kept, what: {**people, who: after}}})

    def due(self, key: str, context: Context) -> None:
        """The day is over, and what was offline has come."""
        _, canteen, day = key.split(" ")
        days = context.get(f"work {canteen}") or {}
        kept = days.get(day)
        if kept is None:
            return
        left = {other: people for other, people in days.items() if other != day}
        context.put(f"work {canteen}", left or None)
        rules = context.policy.rules
        checks, work = kept["check"], kept["work"]
        pairs = [(who, work[who][0], checks[who][0]) for who in sorted(work) if checks.get(who)]
        if work.get(_ANYONE) and any(checks.values()):
            first = min(entries[0] for entries in checks.values() if entries)
            pairs.append((_ANYONE, work[_ANYONE][0], first))
        early = [
            (who, done, check)
            for who, done, check in pairs
            if times.before_s(done[0], check[0]) > rules["check_grace_s"]
            and not is_quiet(context, _KIND, f"{canteen} {who}", rules["again_soon_days"])
        ]
        if early:
            self._report(canteen, early, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its time counts no more, while the day is open."""
        key = f"work {seen.subject('canteen')}"
        days = context.get(key)
        if days is None:
            return
        left: dict[str, Any] = {
            day: {what: _without(people, seen.index) for what, people in kept.items()}
            for day, kept in days.items()
        }
        context.put(key, left)

    def _report(
        self, canteen: str, early: list[tuple[str, list[Any], list[Any]]], context: Context
    ) -> None:
        rules = context.policy.rules
        school = subjects.school_of(canteen)
        entries = {entry[1]: entry for _, done, check in early for entry in (done, check)}
        worst = max(times.before_s(done[0], check[0]) for _, done, check in early)
        served = all(who == _ANYONE for who, _, _ in early)
        case = Case(
            kind=_KIND,
            rule="served-before-check" if served else "work-before-check",
            scope=school,
            responsible=school,
            canteen=canteen,
            severity="major",
            inputs=[entry[1:4] for entry in entries.values()],
            fields={entry[3]: entry[4] for entry in entries.values()},
            first_at=min(entry[0] for entry in entries.values()),
            last_at=max(entry[0] for entry in entries.values()),
            score_ppm=statistics.above(worst, rules["check_grace_s"]),
            threshold_ppm=statistics.HALF,
            measured={"before_s": worst, "people": len(early)},
            episodes=[f"{canteen} {who}" for who, _, _ in early],
            again_days=rules["again_soon_days"],
        )
        report(context, case)


def _without(people: Mapping[str, list[Any]], index: int) -> dict[str, list[Any]]:
    """Everyone's times, less those of one record."""
    left = {
        who: [entry for entry in entries if entry[1] != index] for who, entries in people.items()
    }
    return {who: entries for who, entries in left.items() if entries}


def _said(seen: Seen) -> tuple[str, str, str, str]:
    """Check or work, by whom, when, and where that stands."""
    fields = seen.fields
    match seen.type:
        case "morning-check":
            return "check", fields["staff"], fields["checked_at"], "checked_at"
        case "cooking-step":
            return "work", fields["cooked_by"], fields["started_at"], "started_at"
        case "sample-retained":
            return "work", fields["retained_by"], seen.occurred_at, "retained_by"
        case _:
            return "work", _ANYONE, fields["started_at"], "started_at"
