"""What becomes of a suspicion: ruled false after a dispute, or left without its records.

Whom it concerns disputes it (异议), somebody else rules (裁定): where the dispute is upheld, the row says
`false`. The types' own rules see to it that no side rules on itself; here a ruling by the organisation
that the suspicion is about does not count either. The latest ruling that stands decides, so that one
that supersedes another can open a suspicion again. `partly-upheld` leaves it open.

Where so many of its records are corrected or erased that what was found is not shown any more, the
row says `withdrawn`; the suspicion itself stays in the log, and so do the corrections.

Kept under `dispute <id>`: the suspicion and who disputes it; under `gone <record>`: that it counts no
more, and may not be cited again.
"""

from typing import Any, Final

from ledger.evidence.subjects import organisation
from ledger.oversight.fabrication.report import write_row
from ledger.oversight.family import Context
from ledger.oversight.seen import Seen

READS: Final = {
    "dispute": frozenset({"record"}),
    "ruling": frozenset({"dispute", "decision"}),
}


def tell(seen: Seen, context: Context) -> None:
    """A dispute, or a ruling on one; of those about other records nothing is kept."""
    if seen.type == "dispute":
        suspicion = seen.fields["record"]
        if context.get(f"found {suspicion}") is not None:
            context.put(f"dispute {seen.id}", [suspicion, seen.issuer])
        return
    dispute = seen.fields["dispute"]
    disputed = context.get(f"dispute {dispute}")
    if disputed is None:
        return
    suspicion, disputant = disputed
    dossier = context.get(f"found {suspicion}")
    sides = {organisation(disputant), organisation(dossier["detail"]["responsible"])}
    if organisation(seen.issuer) not in sides:
        ruling = [seen.index, seen.id, dispute, seen.fields["decision"]]
        _change(context, suspicion, {**dossier, "rulings": [*dossier["rulings"], ruling]})


def take_back(seen: Seen, context: Context) -> None:
    """A dispute or a ruling counts no more."""
    if seen.type == "dispute":
        disputed = context.get(f"dispute {seen.id}")
        if disputed is not None:
            context.put(f"dispute {seen.id}", None)
            _drop_rulings(context, disputed[0], 2, seen.id)
        return
    for dispute in seen.linked("rules-on"):
        disputed = context.get(f"dispute {dispute}")
        if disputed is not None:
            _drop_rulings(context, disputed[0], 1, seen.id)


def forget(seen: Seen, context: Context) -> None:
    """A record of any type counts no more: it is not cited again, and what cites it is looked at."""
    context.put(f"gone {seen.id}", 1)
    for suspicion in context.get(f"cited {seen.id}") or ():
        dossier = context.get(f"found {suspicion}")
        if seen.id not in dossier["gone"]:
            _change(context, suspicion, {**dossier, "gone": [*dossier["gone"], seen.id]})


def _drop_rulings(context: Context, suspicion: str, place: int, record: str) -> None:
    dossier = context.get(f"found {suspicion}")
    left = [ruling for ruling in dossier["rulings"] if ruling[place] != record]
    _change(context, suspicion, {**dossier, "rulings": left})


def _change(context: Context, suspicion: str, dossier: dict[str, Any]) -> None:
    context.put(f"found {suspicion}", dossier)
    write_row(context, suspicion, dossier)
