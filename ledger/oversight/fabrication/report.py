"""From a detector's case to a `suspicion`, its row, and what is remembered of both.

A suspicion is found once: the same records under the same kind are the same document. An episode that
goes on is found again only after the days that its rule gives; while it is quiet nothing is posted.

Kept under `found <suspicion>`: the row as it was written, which records it rests on and how many of
them must stand, and what was ruled on it; under `cited <record>`: the suspicions that rest on it;
under `posted <kind> <root of the inputs>`: that it was found; under `quiet <kind> <episode>`: when it
was found last. All of it is bounded by what was found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ledger.evidence.lines import MAX_LINES
from ledger.oversight import civil
from ledger.oversight.fabrication import times
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Ref, inputs_root

FAMILY: Final = "fabrication"
LIST: Final = "suspicions"
"""Under which rows of all suspicions stand, of whatever family."""
OPEN: Final = "open"
FALSE: Final = "false"
WITHDRAWN: Final = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a detector has to say.

    Attributes:
        kind: `suspicion_kind`.
        rule: which of the detector's rules, a code.
        scope: subject that the row is under: a school, or a supplier.
        responsible: who answers for what does not look right.
        canteen: None where it is of no one canteen.
        severity: minor, major or critical.
        inputs: the records, those that show it best first: observations name them in this order.
        fields: payload field to look at, one for all of them or by record id.
        first_at, last_at: the earliest and the latest claim, normal form.
        score_ppm, threshold_ppm: the first is at least the second.
        measured: what the score was made of, whole numbers and codes.
        needs: how many of the inputs must stand for it to stand.
        episodes: what it is an episode of; found again only after `again_days`; none: at once.
        again_days: of quiet.
    """

    kind: str
    rule: str
    scope: str
    responsible: str
    canteen: str | None
    severity: str
    inputs: Sequence[Ref]
    fields: str | Mapping[str, str]
    first_at: str
    last_at: str
    score_ppm: int
    threshold_ppm: int
    measured: Mapping[str, int | str] = field(default_factory=dict)
    needs: int = 2
    episodes: Sequence[str] = ()
    again_days: int = 0


def is_quiet(context: Context, kind: str, episode: str, again_days: int) -> bool:
    """Whether an episode was found too recently to be found again."""
    last: int | None = context.get(f"quiet {kind} {episode}")
    return last is not None and times.ms(context.now) - last < again_days * times.DAY_MS


def report(context: Context, case: Case) -> bool:
    """Post a suspicion, unless its episode is quiet.

    Returns:
        Whether the case is dealt with: found now, or quiet. It is not while no policy is in force,
        nor where an input was taken back meanwhile and too few are left.
    """
    if not context.policy.in_force:
        return False
    inputs = [ref for ref in case.inputs if context.get(f"gone {ref[2]}") is None]
    if len(inputs) < case.needs or case.score_ppm < case.threshold_ppm:
        return False
    if case.episodes and all(
        is_quiet(context, case.kind, episode, case.again_days) for episode in case.episodes
    ):
        return True
    for episode in case.episodes:
        context.put(f"quiet {case.kind} {episode}", times.ms(context.now))
    _post(context, case, inputs)
    return True


def _post(context: Context, case: Case, inputs: list[Ref]) -> None:
    posted = f"posted {case.kind} {inputs_root(inputs)[1][:32]}"
    if context.get(posted) is not None:
        return
    about = {"rule": case.rule, "measured": dict(case.measured)}
    named = [(ref, _field(case, ref)) for ref in inputs[:MAX_LINES]]
    payload: dict[str, Any] = {
        "suspicion_kind": case.kind,
        "responsible": case.responsible,
        "severity": case.severity,
        "first_at": case.first_at,
        "last_at": case.last_at,
        "score_ppm": case.score_ppm,
        "threshold_ppm": case.threshold_ppm,
        "observations": [{"record": ref[2], "field": name} for ref, name in named],
        "ext": about,
    }
    if case.canteen is not None:
        payload["canteen"] = case.canteen
    suspicion = context.find("suspicion", payload, inputs)
    context.put(posted, suspicion)
    detail: dict[str, Any] = {
        "suspicion": suspicion,
        "responsible": case.responsible,
        "canteen": case.canteen,
        "severity": case.severity,
        "first_at": case.first_at,
        "last_at": case.last_at,
        "score_ppm": case.score_ppm,
        "threshold_ppm": case.threshold_ppm,
        "policy_version": context.policy.version,
        "observations": [[ref[0], ref[2], name] for ref, name in named],
        **about,
    }
    dossier: dict[str, Any] = {
        "row": [case.scope, civil.day_of(case.first_at, context.zone), case.kind],
        "detail": detail,
        "inputs": len(inputs),
        "needs": case.needs,
        "gone": [],
        "rulings": [],
    }
    context.put(f"found {suspicion}", dossier)
    for ref in inputs:
        cited = f"cited {ref[2]}"
        context.put(cited, [*(context.get(cited) or ()), suspicion])
    write_row(context, suspicion, dossier)


def write_row(context: Context, suspicion: str, dossier: Mapping[str, Any]) -> None:
    """The row of a suspicion as it stands now."""
    scope, day, kind = dossier["row"]
    detail = {**dossier["detail"], "gone": dossier["gone"]}
    rulings = dossier["rulings"]
    status = OPEN
    if rulings:
        detail["ruling"] = rulings[-1][1]
    if rulings and rulings[-1][3] == "upheld":
        status = FALSE
    elif dossier["inputs"] - len(dossier["gone"]) < dossier["needs"]:
        status = WITHDRAWN
    context.row(Row(LIST, suspicion, scope, day, kind, status, detail))


def _field(case: Case, ref: Ref) -> str:
    return case.fields if isinstance(case.fields, str) else case.fields[ref[2]]
