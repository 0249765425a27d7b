"""The list of suspicions (疑点线索): whichever family found one, it stands here with what became of it.

A suspicion is open until it is disputed and somebody else rules that it is false (异议、裁定). Rows are
kept by the record's id. Those of the family `fabrication` are its own, which knows more of them.

State: `<suspicion>` holds the row and its rulings, `dispute <id>` the suspicion that it is about and
who disputes it.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ledger.evidence.subjects import organisation
from ledger.oversight import civil
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Seen

NAME: Final = "suspicions"
"""Of the family, and of the rows of all suspicions."""

_KEEPS_ITS_OWN: Final = "fabrication"
_SHOWN: Final = (
    "responsible", "canteen", "severity", "first_at", "last_at", "score_ppm", "threshold_ppm",
    "policy_name", "policy_version",
)  # fmt: skip


class Suspicions:
    """The family; it finds nothing, so no policy drives it."""

    name: Final = NAME
    reads: Final[Mapping[str, frozenset[str]]] = {
        "suspicion": frozenset({"suspicion_kind", "responsible", "first_at", "policy_name"}),
        "dispute": frozenset({"record"}),
        "ruling": frozenset({"dispute", "decision"}),
    }
    defaults: Final[Mapping[str, Any]] = {}

    def keys(self, seen: Seen) -> Iterable[str]:
        """The suspicion, or the dispute about it."""
        if seen.type == "suspicion":
            return (seen.id,)
        if seen.type == "dispute":
            return (seen.fields["record"],)
        return (f"dispute {seen.fields['dispute']}",)

    def tell(self, seen: Seen, context: Context) -> None:
        """A suspicion is listed; a ruling on a dispute about it may call it false."""
        if seen.type == "suspicion":
            if seen.fields["policy_name"] != _KEEPS_ITS_OWN:
                _put(seen.id, {"row": _row(seen, context), "rulings": []}, context)
        elif seen.type == "dispute":
            if context.get(seen.fields["record"]) is not None:
                context.put(f"dispute {seen.id}", [seen.fields["record"], seen.issuer])
        else:
            suspicion, disputant = context.get(f"dispute {seen.fields['dispute']}") or ("", "")
            state = context.get(suspicion) if suspicion else None
            if state is not None and not _takes_part(seen, state, disputant):
                ruling = [seen.index, seen.id, seen.fields["dispute"], seen.fields["decision"]]
                _put(suspicion, {**state, "rulings": [*state["rulings"], ruling]}, context)

    def due(self, key: str, context: Context) -> None:
        """Nothing is waited for."""

    def take_back(self, seen: Seen, context: Context) -> None:
        """A dispute or a ruling that counts no more decides nothing; a suspicion stands."""
        if seen.type == "suspicion":
            return
        disputes = [seen.id] if seen.type == "dispute" else seen.linked("rules-on")
        for dispute in disputes:
            suspicion, _ = context.get(f"dispute {dispute}") or ("", "")
            state = context.get(suspicion) if suspicion else None
            if state is not None:
                left = [one for one in state["rulings"] if seen.id not in (one[1], one[2])]
                _put(suspicion, {**state, "rulings": left}, context)


def _put(suspicion: str, state: Mapping[str, Any], context: Context) -> None:
    context.put(suspicion, dict(state))
    scope, day, kind, detail = state["row"]
    # The latest ruling decides: one that supersedes another can open a suspicion again.
    ruling = max(state["rulings"], default=None)
    status = "false" if ruling is not None and ruling[3] == "upheld" else "open"
    if ruling is not None:
        detail = {**detail, "ruling": ruling[1]}
    context.row(Row(NAME, suspicion, scope, day, kind, status, detail))


def _row(seen: Seen, context: Context) -> list[Any]:
    fields = seen.fields
    place = fields.get("canteen") or fields["responsible"]
    about = place.startswith(("canteen:", "school:"))
    school = civil.school_of(place) if about else (seen.subject("school") or place)
    detail = {name: fields[name] for name in _SHOWN if name in fields}
    detail |= {
        "suspicion": seen.id,
        "index": seen.index,
        "observations": [
            [one["record"], one.get("field")] for one in fields.get("observations", ())
        ],
    }
    day = civil.day_of(fields["first_at"], context.zone)
    return [school, day, fields["suspicion_kind"], detail]


def _takes_part(ruling: Seen, state: Mapping[str, Any], disputant: str) -> bool:
    sides = {organisation(disputant), organisation(state["row"][3]["responsible"])}
    return organisation(ruling.issuer) in sides
