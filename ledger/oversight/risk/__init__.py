"""Risk (加权评分、三级响应): how things stand in a canteen, what follows, and that it is kept to.

    what happened  →  `history`  →  midnight  →  `scores`, `assessment`: rows, a risk-assessment
    risk-assessment, or a single grave record  →  `responses`: put right, freeze, joint
    meals served  →  `served`: while frozen

Levels are answered when the assessment itself stands in the log, so that a response cites a record.
`docs/oversight/risk.md` says what counts how much, and who may end what.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ledger.oversight import canteens
from ledger.oversight.family import Context
from ledger.oversight.risk import assessment, events, history, policy, responses, served
from ledger.oversight.seen import Seen

_DISPUTES: Final[Mapping[str, frozenset[str]]] = {
    "dispute": frozenset({"record", "disputed_by", "responsible"}),
    "ruling": frozenset({"dispute", "decision", "remedies"}),
}


class Risk:
    """The family; `ledger.oversight.family.Family` says what each method is asked."""

    name: Final = policy.NAME
    reads: Final[Mapping[str, frozenset[str]]] = {
        **events.READS,
        **responses.READS,
        **served.READS,
        **_DISPUTES,
        **canteens.READS,
    }
    defaults: Final[Mapping[str, Any]] = policy.DEFAULTS

    def keys(self, seen: Seen) -> Iterable[str]:
        """What is remembered of the schools and canteens that it names."""
        found = canteens.keys(seen)
        for school in canteens.schools_named(seen):
            found += [f"school {school}", f"responses {school}"]
        if seen.type in served.READS:
            found += [f"meals {name}" for name in seen.subjects if name.startswith("canteen:")]
        return found

    def tell(self, seen: Seen, context: Context) -> None:
        """What happened, a response, a meal, a dispute, or who works where."""
        if seen.type in served.READS:
            served.meal(seen, context)
        elif seen.type == "risk-assessment":
            responses.assessed(seen, context)
        elif seen.type == "risk-response":
            served.look(responses.told(seen, context), context)
        elif seen.type == "freeze-lift":
            served.look(responses.lifted(seen, context), context)
        elif seen.type in canteens.READS:
            canteens.learn(seen, context)
        elif seen.type in _DISPUTES:
            self._heard(seen, context)
        else:
            self._happened(seen, context)

    def due(self, key: str, context: Context) -> None:
        """Midnight, a meal to be judged, or something to be forgotten."""
        if key.startswith("assess "):
            assessment.midnight(key, context)
        elif key.startswith("judge "):
            served.judge(key, context)
        elif key.startswith("lifted "):
            responses.tidy(key, context)
        elif key.startswith(canteens.FORGET):
            canteens.forget(key, context)
        else:
            context.put(key, None)

    def take_back(self, seen: Seen, context: Context) -> None:
        """As if it had never been told."""
        if seen.type in served.READS:
            served.take_back(seen, context)
        elif seen.type in responses.READS:
            responses.take_back(seen, context)
            for name in seen.subjects:
                served.look(name, context)
        elif seen.type in canteens.READS:
            canteens.unlearn(seen, context)
        elif seen.type == "dispute":
            context.put(f"dispute {seen.id}", None)
        elif seen.type == "ruling":
            for dispute in seen.linked("rules-on"):
                changed = history.ruled(seen.id, dispute, context, withdrawn=False)
                if changed:
                    assessment.put_right(*changed, context)
        else:
            for changed in list(history.drop(seen, context)):
                assessment.put_right(*changed, context)

    def _happened(self, seen: Seen, context: Context) -> None:
        place = history.note(seen, context)
        level = None if place is None else events.grave(context.policy.rules, seen)
        if place is not None and level is not None:
            everywhere = canteens.of_school(place.school, context)
            for canteen in everywhere if place.canteen is None else [place.canteen]:
                responses.at_once(seen, place.school, canteen, level, context)

    def _heard(self, seen: Seen, context: Context) -> None:
        if seen.type == "dispute":
            history.disputed(seen, context)
        elif seen.fields["decision"] != "rejected" and "withdraw" in seen.fields["remedies"]:
            changed = history.ruled(seen.id, seen.fields["dispute"], context, withdrawn=True)
            if changed:
                assessment.put_right(*changed, context)
