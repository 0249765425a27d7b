"""Back-dated bursts (突击补录): days of records written in minutes.

`back-dated`: one submitter logs at least `burst_records` records of one school, one after the other
with no more than `burst_gap_s` between them, each more than `burst_late_s` after it says it occurred,
on `burst_days` different days or more. A morning without network is one day, and is sent within the
next; paper forms typed in the day after are one day too. A declared outage excuses the records that it
covers; it may be declared until `burst_wait_s` after the burst's beginning, when it is judged.

Only records that are due at once count: papers, bank statements and corrections have their own pace.
What is loaded from an older system when a school joins looks the same, and is found once.

Kept under `burst <submitter> <school>`: the burst's beginning and its latest moment; under the same with
the beginning until it is judged: [milliseconds occurred, index, leaf hash, id, type], 500 at most.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from ledger import timestamp
from ledger.oversight import civil
from ledger.oversight.fabrication import outages, statistics, times
from ledger.oversight.fabrication.detector import Detector, place_of, replaces
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_MOST: Final = 500


class Bursts(Detector):
    """Many late records of several days at once."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = dict.fromkeys(
        (
            "weigh-in", "acceptance", "rejection", "morning-check", "sample-retained",
            "sample-disposed", "cooking-step", "meal-service", "companion-meal", "waste-log",
            "temperature-log", "self-inspection",
        ),
        frozenset(),
    )  # fmt: skip
    defaults: ClassVar[Mapping[str, Any]] = {
        "burst_records": 12,
        "burst_days": 3,
        "burst_gap_s": 600,
        "burst_late_s": 86_400,
        "burst_wait_s": 86_400,
    }
    wakes: ClassVar[frozenset[str]] = frozenset({"burst"})

    def tell(self, seen: Seen, context: Context) -> None:
        """A late record begins a burst, or goes on with one."""
        rules = context.policy.rules
        if times.lag_ms(seen) <= 1000 * rules["burst_late_s"] or replaces(seen):
            return
        head = f"burst {seen.submitter} {place_of(seen).scope}"
        now = times.ms(seen.logged_at)
        running = context.get(head)
        if running is None or now - running[1] > 1000 * rules["burst_gap_s"]:
            running = [now, now]
            key = f"{head} {now}"
            context.wake(civil.later(context.now, rules["burst_wait_s"]), key)
        key = f"{head} {running[0]}"
        context.put(head, [running[0], now])
        kept = context.get(key) or []
        entry = [times.ms(seen.occurred_at), *seen.ref, seen.type]
        if len(kept) < _MOST:
            context.put(key, [*kept, entry])

    def due(self, key: str, context: Context) -> None:
        """Whether it is one, without what an outage excuses."""
        kept = context.get(key)
        context.put(key, None)
        _, submitter, school, began = key.split(" ")
        head = f"burst {submitter} {school}"
        running = context.get(head)
        if running is not None and running[0] == int(began):
            context.put(head, None)
        rules = context.policy.rules
        records = [
            one for one in kept or () if not outages.of_type(context, school, one[4], one[0])
        ]
        days = {civil.day_of(timestamp.format(one[0]), context.zone) for one in records}
        if not records or len(records) < rules["burst_records"] or len(days) < rules["burst_days"]:
            return
        case = Case(
            kind="back-dated",
            rule="back-dated",
            scope=school,
            responsible=school,
            canteen=None,
            severity="major",
            inputs=[one[1:4] for one in records],
            fields="occurred_at",
            first_at=timestamp.format(min(one[0] for one in records)),
            last_at=timestamp.format(max(one[0] for one in records)),
            score_ppm=statistics.above(len(records), rules["burst_records"]),
            threshold_ppm=statistics.HALF,
            measured={"records": len(records), "days": len(days), "submitter": submitter},
            needs=rules["burst_records"],
            episodes=[f"{submitter} {school}"],
            again_days=rules["again_soon_days"],
        )
        report(context, case)

    def take_back(self, seen: Seen, context: Context) -> None:
        """It is no part of a burst."""
        head = f"burst {seen.submitter} {place_of(seen).scope}"
        running = context.get(head)
        if running is not None:
            key = f"{head} {running[0]}"
            kept = context.get(key) or []
            context.put(key, [one for one in kept if one[1] != seen.index] or None)
