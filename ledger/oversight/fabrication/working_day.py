"""Work before the morning check (先上岗后晨检): times of one day that cannot both be true.

`work-before-check`: a person cooked or took a sample more than `check_grace_s` before the first of
that person's own checks of the day. `served-before-check`: a meal was served in the canteen before
anyone was checked. Who was not checked at all is missing evidence, not a contradiction, and no concern
here.

Times that people type in are rounded: that is what the grace is for. Records of a day come in any
order, hours late: the day is looked at `day_wait_s` after its end, or after its first record where
that came later. One finding for each day and canteen, and of each person after `again_soon_days`.

Kept until then under `work <canteen> <day>`: by person the earliest checks and the earliest work, and
the earliest services; [milliseconds, index, leaf hash, id, field].
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from ledger import timestamp
from ledger.evidence import subjects
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

    def tell(self, seen: Seen, context: Context) -> None:
        """A check, or work."""
        what, who, at, field = _said(seen)
        canteen = seen.fields["canteen"]
        day = times.civil_day(at, context.zone)
        key = f"work {canteen} {day}"
        kept = context.get(key)
        if kept is None:
            kept = {"check": {}, "work": {}}
            over = max(times.day_is_over(day, context.zone), context.now)
            context.wake(times.later(over, context.policy.rules["day_wait_s"]), key)
        people = kept[what]
        entry = [times.ms(at), *seen.ref, field]
        before = people.get(who)
        after: list[Any]
        if before is None:
            after = [entry]
        elif len(before) == _EARLIEST and before[-1] <= entry:
            return
        else:
            after = sorted([*before, entry])[:_EARLIEST]
        context.put(key, {**kept, what: {**people, who: after}})

    def due(self, key: str, context: Context) -> None:
        """The day is over, and what was offline has come."""
        kept = context.get(key)
        if kept is None:
            return
        context.put(key, None)
        rules = context.policy.rules
        _, canteen, _ = key.split(" ")
        checks, work = kept["check"], kept["work"]
        pairs = [(who, work[who][0], checks[who][0]) for who in sorted(work) if checks.get(who)]
        if work.get(_ANYONE) and any(checks.values()):
            first = min(entries[0] for entries in checks.values() if entries)
            pairs.append((_ANYONE, work[_ANYONE][0], first))
        early = [
            (who, done, check)
            for who, done, check in pairs
            if check[0] - done[0] > 1000 * rules["check_grace_s"]
            and not is_quiet(context, _KIND, f"{canteen} {who}", rules["again_soon_days"])
        ]
        if early:
            self._report(canteen, early, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its time counts no more, while the day is open."""
        canteen = seen.subject("canteen")
        days = {times.civil_day(seen.occurred_at, context.zone)}
        if seen.payload is not None and seen.readable(self.reads[seen.type]):
            days.add(times.civil_day(_said(seen)[2], context.zone))
        for day in sorted(days):
            key = f"work {canteen} {day}"
            kept = context.get(key)
            if kept is not None:
                left: dict[str, Any] = {
                    what: {
                        who: [entry for entry in entries if entry[1] != seen.index]
                        for who, entries in people.items()
                    }
                    for what, people in kept.items()
                }
                for people in left.values():
                    for who in [who for who, entries in people.items() if not entries]:
                        del people[who]
                context.put(key, left)

    def _report(
        self, canteen: str, early: list[tuple[str, list[Any], list[Any]]], context: Context
    ) -> None:
        rules = context.policy.rules
        school = subjects.school_of(canteen)
        entries = {entry[1]: entry for _, done, check in early for entry in (done, check)}
        worst = max(check[0] - done[0] for _, done, check in early) // 1000
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
            first_at=timestamp.format(min(entry[0] for entry in entries.values())),
            last_at=timestamp.format(max(entry[0] for entry in entries.values())),
            score_ppm=statistics.above(worst, rules["check_grace_s"]),
            threshold_ppm=statistics.HALF,
            measured={"before_s": worst, "people": len(early)},
            episodes=[f"{canteen} {who}" for who, _, _ in early],
            again_days=rules["again_soon_days"],
        )
        report(context, case)


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
