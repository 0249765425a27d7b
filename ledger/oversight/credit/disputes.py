"""Disputes and rulings: a loss is contradicted, decided by others, and given back (异议、裁定).

    dispute by the supplier   its movement is marked, whichever record of it is disputed
    ruling, upheld            a reversing entry; the old one stays
    ruling by who took part   moves nothing, and is a finding: 裁定人参与过争议记录

Who rules may not be of an organisation that issued one of the records, nor may a person who decides,
or answers for the ruling, have had a part in one of them, or answer for the dispute. Of several rulings on a dispute the first
counts, and after it the one that supersedes it.

State:

    dispute <id>    who disputes which record, and the rulings on it
    disputed <id>   the disputes about a record
"""

from collections.abc import Mapping
from typing import Any, Final

from ledger.evidence.subjects import organisation
from ledger.oversight import civil
from ledger.oversight.credit import account
from ledger.oversight.credit.rows import WITHDRAWN
from ledger.oversight.credit.worth import WHOLE_BP
from ledger.oversight.family import Context
from ledger.oversight.seen import Ref, Seen

DISPUTE: Final = "dispute"
RULING: Final = "ruling"
READS: Final[Mapping[str, frozenset[str]]] = {
    DISPUTE: frozenset({"record", "disputed_by", "accountable"}),
    RULING: frozenset({"dispute", "decision", "remedies", "decided_by", "accountable"}),
}
SUSPICION: Final = "ruling-by-a-party"
_KEPT_S: Final = 400 * 86_400
"""How long a dispute that was decided is kept: longer than any movement by the built-in rules."""

State = dict[str, Any]


def dispute(seen: Seen, context: Context) -> None:
    """A supplier contradicts a record."""
    by, record = seen.fields["disputed_by"], seen.fields["record"]
    if not by.startswith("supplier:"):
        return
    state = {
        "ref": seen.ref,
        "by": organisation(by),
        "accountable": seen.fields["accountable"],
        "record": record,
        "rulings": [],
    }
    context.put(f"dispute {seen.id}", state)
    context.put(f"disputed {record}", [*(context.get(f"disputed {record}") or []), seen.id])
    context.wake(civil.later(context.now, _KEPT_S), f"dispute {seen.id}")
    for supplier, number in account.movements_of(context, record):
        mark(context, supplier, number)


def rule(seen: Seen, context: Context) -> None:
    """A dispute is decided."""
    fields = seen.fields
    known = context.get(f"dispute {fields['dispute']}")
    if known is None:
        return
    ruling = {
        "ref": seen.ref,
        "issuer": seen.issuer,
        "at": seen.occurred_at,
        "decision": fields["decision"],
        "remedies": fields["remedies"],
        "persons": sorted({*fields["decided_by"], fields["accountable"]}),
        "supersedes": seen.linked("supersedes"),
    }
    context.put(f"dispute {fields['dispute']}", {**known, "rulings": [*known["rulings"], ruling]})
    _weigh_all(context, known["record"], account.RULED, seen.ref, {"decision": fields["decision"]})


def take_back_dispute(seen: Seen, context: Context) -> None:
    """The supplier withdraws it: as if it had never been disputed."""
    known = context.get(f"dispute {seen.id}")
    if known is None:
        return
    _forget(context, seen.id, known)
    _weigh_all(context, known["record"], WITHDRAWN, seen.ref, {})


def take_back_ruling(seen: Seen, context: Context) -> None:
    """It was not decided so."""
    for disputed in seen.linked("rules-on"):
        known = context.get(f"dispute {disputed}")
        if known is not None:
            left = [one for one in known["rulings"] if one["ref"][0] != seen.index]
            context.put(f"dispute {disputed}", {**known, "rulings": left})
            _weigh_all(context, known["record"], WITHDRAWN, seen.ref, {})


def due(dispute_id: str, context: Context) -> None:
    """Forget a dispute that was decided long ago; one that is open is kept."""
    known = context.get(f"dispute {dispute_id}")
    if known is None:
        return
    if known["rulings"]:
        _forget(context, dispute_id, known)
    else:
        context.wake(civil.later(context.now, _KEPT_S), f"dispute {dispute_id}")


def mark(context: Context, supplier: str, number: int) -> None:
    """Note which disputes there are about a movement, and what was decided of them already."""
    for _, known in _about(context, supplier, context.get(f"entry {supplier} {number}")):
        last = known["rulings"][-1]["ref"] if known["rulings"] else known["ref"]
        facts = {"decision": known["rulings"][-1]["decision"]} if known["rulings"] else {}
        _weigh(context, supplier, number, account.RULED, last, facts)


def _weigh_all(
    context: Context, record: str, kind: str, cause: Ref, facts: Mapping[str, Any]
) -> None:
    for supplier, number in account.movements_of(context, record):
        _weigh(context, supplier, number, kind, cause, facts)


def _weigh(
    context: Context,
    supplier: str,
    number: int,
    kind: str,
    cause: Ref,
    facts: Mapping[str, Any],
) -> None:
    """Give back of a loss what the disputes about it and the rulings on them come to."""
    entry = dict(context.get(f"entry {supplier} {number}"))
    if entry["change"] > 0:
        return
    kept, told, inputs = WHOLE_BP, [], [cause]
    for name, known in _about(context, supplier, entry):
        ruling = _in_force(context, name, known, entry)
        if ruling is None:
            told.append([name, "open"])
            continue
        told.append([name, ruling["decision"]])
        kept = min(kept, _kept_bp(ruling, context.policy.rules))
        inputs += [known["ref"], ruling["ref"]]
    entry |= {"disputes": told, "kept_bp": kept}
    account.revalue(
        context,
        supplier,
        number,
        entry,
        kind=kind,
        cause=cause[2],
        inputs=inputs,
        facts=facts,
    )


def _about(context: Context, supplier: str, entry: State) -> list[tuple[str, State]]:
    """The supplier's own disputes about the records of a movement, in the order of the log."""
    found = {}
    for record in (*entry["of"], entry["id"]):
        for name in context.get(f"disputed {record}") or []:
            known = context.get(f"dispute {name}")
            if known is not None and known["by"] == organisation(supplier):
                found[known["ref"][0]] = (name, known)
    return [found[index] for index in sorted(found)]


def _in_force(context: Context, name: str, known: State, entry: State) -> State | None:
    """The ruling that counts for a movement; one by who took part is found, and does not."""
    counts: State | None = None
    for ruling in known["rulings"]:
        if _took_part(ruling, known, entry):
            _suspect(context, name, known, ruling)
        elif counts is None or counts["ref"][2] in ruling["supersedes"]:
            counts = ruling
    return counts


def _took_part(ruling: State, known: State, entry: State) -> bool:
    """Whether who rules issued one of the records, disputes it, or had a part in one or the other."""
    issuer = organisation(ruling["issuer"])
    if issuer == known["by"] or issuer in entry["parties"]:
        return True
    return not set(ruling["persons"]).isdisjoint([*entry["persons"], known["accountable"]])


def _suspect(context: Context, name: str, known: State, ruling: State) -> None:
    """Find, once, that a ruling is by a party or person with a part in what it rules on."""
    key = f"suspected {ruling['ref'][2]}"
    if context.get(key) is not None:
        return
    context.put(key, 1)
    payload = {
        "suspicion_kind": SUSPICION,
        "responsible": ruling["issuer"],
        "severity": "major",
        "first_at": ruling["at"],
        "last_at": ruling["at"],
        "score_ppm": 1_000_000,
        "threshold_ppm": 1_000_000,
        "observations": [
            {"record": ruling["ref"][2], "field": "decided_by"},
            {"record": name},
            {"record": known["record"]},
        ],
    }
    context.find("suspicion", payload, [known["ref"], ruling["ref"]])


def _kept_bp(ruling: State, rules: Mapping[str, Any]) -> int:
    """What a ruling leaves of a loss, of 10,000; a remedy that does not touch credit leaves all."""
    if set(ruling["remedies"]).isdisjoint(rules["moving_remedies"]):
        return WHOLE_BP
    given_back = {"upheld": WHOLE_BP, "partly-upheld": rules["partly_upheld_bp"]}
    return WHOLE_BP - int(given_back.get(ruling["decision"], 0))


def _forget(context: Context, dispute_id: str, known: State) -> None:
    context.put(f"dispute {dispute_id}", None)
    key = f"disputed {known['record']}"
    left = [name for name in context.get(key) or [] if name != dispute_id]
    context.put(key, left or None)
    for ruling in known["rulings"]:
        context.put(f"suspected {ruling['ref'][2]}", None)
