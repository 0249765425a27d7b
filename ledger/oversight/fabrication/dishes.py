"""Samples and servings of dishes that were not cooked yet (未熟先留、未熟先供).

A dish is ready when a batch of it has been through its last heated step; of several batches the first
one counts. `sample-before-cooked`: a sample was taken more than `cooked_grace_s` before that.
`served-before-cooked`: the meal at which portions of it were served was over by then.

Looked at `day_wait_s` after the end of the meal's day, or after its first record where that came later.
One finding for each meal, which names all its dishes of that kind. A dish without a heated step is
ready whenever it says.

Kept until then under `meal <meal>`: by dish the heated steps, [batch, ended, index, leaf hash, id],
the samples and the services, [when, index, leaf hash, id].
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from ledger.evidence import subjects
from ledger.oversight.fabrication import statistics, times
from ledger.oversight.fabrication.detector import Detector
from ledger.oversight.fabrication.report import Case, report
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

_HEATED: Final = frozenset(
    {"blanch", "boil", "steam", "stir-fry", "deep-fry", "roast", "stew", "reheat"}
)
_MOST: Final = 30
_RULES: Final = (
    ("samples", "sample-before-cooked", "retained_by"),
    ("services", "served-before-cooked", "ended_at"),
)


class Dishes(Detector):
    """Dishes at hand before they were cooked."""

    reads: ClassVar[Mapping[str, frozenset[str]]] = {
        "cooking-step": frozenset(
            {"canteen", "meal_on", "meal", "dish_code", "batch_no", "step_kind", "ended_at"}
        ),
        "sample-retained": frozenset({"canteen", "meal_on", "meal", "dish_code"}),
        "meal-service": frozenset({"canteen", "meal_on", "meal", "ended_at", "dishes"}),
    }
    defaults: ClassVar[Mapping[str, Any]] = {"cooked_grace_s": 1200}
    wakes: ClassVar[frozenset[str]] = frozenset({"meal"})

    def keys(self, seen: Seen) -> Iterable[str]:
        """The meal's."""
        return [f"meal {seen.subject('meal')}"]

    def tell(self, seen: Seen, context: Context) -> None:
        """A heated step, a sample, or a service."""
        fields = seen.fields
        what, dishes, entry = "steps", [fields.get("dish_code")], []
        if seen.type == "cooking-step":
            if fields["step_kind"] not in _HEATED:
                return
            entry = [fields["batch_no"], fields["ended_at"], *seen.ref]
        elif seen.type == "sample-retained":
            what, entry = "samples", [seen.occurred_at, *seen.ref]
        else:
            what, entry = "services", [fields["ended_at"], *seen.ref]
            dishes = [one["dish_code"] for one in fields["dishes"] if one["portions_served"]]
        key = f"meal {subjects.meal(fields['canteen'], fields['meal_on'], fields['meal'])}"
        kept = context.get(key)
        if kept is None:
            kept = {"steps": {}, "samples": {}, "services": {}}
            wait = context.policy.rules["day_wait_s"]
            over = times.after_day(fields["meal_on"], context.zone, context.now, wait)
            context.wake(over, key)
        held = dict(kept[what])
        for dish in dishes:
            held[dish] = [*held.get(dish, ()), entry][:_MOST]
        context.put(key, {**kept, what: held})

    def due(self, key: str, context: Context) -> None:
        """The day is over, and what was offline has come."""
        kept = context.get(key)
        if kept is None:
            return
        context.put(key, None)
        ready = {dish: _ready(steps) for dish, steps in kept["steps"].items() if steps}
        canteen = _canteen(key)
        for what, rule, field in _RULES:
            early = {}
            for dish in sorted(ready):
                cooked = ready[dish]
                for at, *ref in sorted(kept[what].get(dish, ()))[:1]:
                    if times.before_s(at, cooked[1]) > context.policy.rules["cooked_grace_s"]:
                        early[dish] = ([at, *ref], cooked)
            if early:
                self._report(canteen, rule, field, early, context)

    def take_back(self, seen: Seen, context: Context) -> None:
        """Its time counts no more, while the meal is open."""
        key = f"meal {seen.subject('meal')}"
        kept = context.get(key)
        if kept is None:
            return
        left: dict[str, Any] = {
            what: {
                dish: [entry for entry in entries if entry[-3] != seen.index]
                for dish, entries in dishes.items()
            }
            for what, dishes in kept.items()
        }
        context.put(key, left)

    def _report(
        self, canteen: str, rule: str, field: str, early: dict[str, Any], context: Context
    ) -> None:
        rules = context.policy.rules
        school = subjects.school_of(canteen)
        taken = {done[1]: done for done, _ in early.values()}
        cooked = {step[2]: step for _, step in early.values()}
        at = [done[0] for done in taken.values()] + [step[1] for step in cooked.values()]
        worst = max(times.before_s(done[0], step[1]) for done, step in early.values())
        case = Case(
            kind="timing-impossible",
            rule=rule,
            scope=school,
            responsible=school,
            canteen=canteen,
            severity="major",
            inputs=[
                *(done[1:] for done in taken.values()),
                *(step[2:] for step in cooked.values()),
            ],
            fields={done[3]: field for done in taken.values()}
            | {step[4]: "ended_at" for step in cooked.values()},
            first_at=min(at),
            last_at=max(at),
            score_ppm=statistics.above(worst, rules["cooked_grace_s"]),
            threshold_ppm=statistics.HALF,
            measured={"before_s": worst, "dishes": len(early)},
        )
        report(context, case)


def _ready(steps: list[list[Any]]) -> list[Any]:
    """The last heated step of the batch that was through first."""
    last: dict[str, list[Any]] = {}
    for step in steps:
        batch = last.get(step[0])
        if batch is None or step[1:3] > batch[1:3]:
            last[step[0]] = step
    return min(last.values(), key=lambda step: step[1:3])


def _canteen(key: str) -> str:
    school, canteen = key.removeprefix("meal meal:").split("~")[:2]
    return f"canteen:{school}~{canteen}"
