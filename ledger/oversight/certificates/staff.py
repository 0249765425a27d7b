"""健康证: whoever stands on a roster or was checked before work has a certificate that covers the day.

A person without one is waited for, `staff_grace_s` from the shift's begin or from when the check was
logged, so that a substitute's certificate may be posted in the course of the day. Then it is found:
once for each person and gap. A gap is told by the certificate whose end began it, or by there being
none; it is another one once a later certificate has lapsed. Everybody of a roster whose gap is new
stands in one finding, for inputs tell findings apart: the roster, and the certificates that lapsed.

State under `shift <record id>`, while somebody is waited for, or while a roster is known only by the
one that supersedes it:

    record, type, claimed, day, canteen, responsible, until, people   [[person, place in the roster]]
    superseded    by which record

and in the person's own (`papers.Holder.gaps`) each gap that was found, with the last shift in it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ledger.canonical import JsonValue
from ledger.evidence.subjects import school_of
from ledger.oversight import civil
from ledger.oversight.certificates.papers import Holder, Paper, has
from ledger.oversight.certificates.rules import KEPT_DAYS, NAME, Rules
from ledger.oversight.family import Context, Row
from ledger.oversight.seen import Seen

SHIFT: Final = "shift"
KIND: Final = "health-certificate"
_LAPSED: Final = "health-certificate-lapsed"
_NEVER: Final = "health-certificate-missing"
_CERTAIN: Final = 1_000_000
_SUPERSEDED_DAYS: Final = 31
"""So long a roster may come after the one that supersedes it."""


def tell_roster(seen: Seen, context: Context, rules: Rules) -> None:
    """Everybody on a shift; not if it was superseded, and no more if it supersedes another."""
    payload = seen.fields
    for superseded in seen.linked("supersedes"):
        _supersede(superseded, seen.id, context)
    shift: dict[str, Any] = {
        "record": seen.ref,
        "type": seen.type,
        "claimed": payload["starts_at"],
        "day": payload["shift_on"],
        "canteen": payload["canteen"],
        "responsible": payload["employer"],
        "until": civil.later(max(payload["starts_at"], context.now), rules.staff_grace_s),
        "people": [[one["staff"], place] for place, one in enumerate(payload["people"])],
    }
    known = context.get(f"{SHIFT} {seen.id}")
    if known and "superseded" in known:
        context.put(f"{SHIFT} {seen.id}", {**known, "shift": shift})
    else:
        _tell(shift, context)


def tell_check(seen: Seen, context: Context, rules: Rules) -> None:
    """One person before work."""
    payload = seen.fields
    at = civil.credible(payload["checked_at"], seen.logged_at, rules.credible_days)
    day = civil.day_of(at, context.zone)
    staff = payload["staff"]
    if has(context.get(f"of {staff}"), KIND, day):
        return
    shift: dict[str, Any] = {
        "record": seen.ref,
        "type": seen.type,
        "claimed": payload["checked_at"],
        "day": day,
        "canteen": payload["canteen"],
        "responsible": "",
        "until": civil.later(context.now, rules.staff_grace_s),
        "people": [[staff, 0]],
    }
    _tell(shift, context)


def judge(key: str, context: Context, rules: Rules) -> None:
    """The certificates had their time to come: find whose gap is new."""
    shift = context.get(key)
    if not shift:
        return
    if "superseded" not in shift:
        context.put(key, None)
        _judge(shift, context, rules)
    elif context.now >= shift["until"]:
        context.put(key, None)


def put_right(holder: Holder, context: Context) -> None:
    """A person's certificates have changed: show each gap as it is now."""
    for gap in holder.gaps:
        context.row(_row(holder, gap))


def take_back(seen: Seen, context: Context, rules: Rules) -> None:
    """A roster or a check counts no more; a gap that it showed is open for the next that shows it."""
    for superseded in seen.linked("supersedes"):
        key = f"{SHIFT} {superseded}"
        known = context.get(key)
        if known and known.get("superseded") == seen.id:
            context.put(key, None)
            if "shift" in known:
                _tell(known["shift"], context)
    key = f"{SHIFT} {seen.id}"
    known = context.get(key)
    if known and "superseded" in known:
        context.put(key, {name: known[name] for name in ("superseded", "until")})
    elif known:
        context.put(key, None)
    for person in [name for name in seen.subjects if name.startswith("person:")]:
        _reopen(person, seen, context, rules)


def _tell(shift: Mapping[str, Any], context: Context) -> None:
    """Wait for those who have no certificate that day, unless their gap is known."""
    waited: list[JsonValue] = []
    for person, place in shift["people"]:
        state = context.get(f"of {person}")
        if has(state, KIND, shift["day"]):
            continue
        holder = Holder.of(person, state)
        gap = _known(holder, shift["day"])
        if gap is None:
            waited.append([person, place])
        else:
            _again(holder, gap, {**shift, "people": [[person, place]]}, context)
    if waited:
        key = f"{SHIFT} {shift['record'][2]}"
        context.put(key, {**shift, "people": waited})
        context.wake(shift["until"], key)


def _judge(shift: Mapping[str, Any], context: Context, rules: Rules) -> None:
    new: dict[str, list[tuple[Holder, int, Paper | None]]] = {_LAPSED: [], _NEVER: []}
    for person, place in shift["people"]:
        holder = Holder.of(person, context.get(f"of {person}"))
        if _covered(holder.papers, shift["day"]):
            continue
        gap = _known(holder, shift["day"])
        if gap is not None:
            _again(holder, gap, {**shift, "people": [[person, place]]}, context)
        elif rules.in_force:
            lapsed = _lapsed(holder, shift["day"])
            new[_NEVER if lapsed is None else _LAPSED].append((holder, place, lapsed))
    for kind, people in new.items():
        if people:
            _find(kind, people, shift, context, rules)


def _find(
    kind: str,
    people: Sequence[tuple[Holder, int, Paper | None]],
    shift: Mapping[str, Any],
    context: Context,
    rules: Rules,
) -> None:
    places = ",".join(str(place) for _, place, _ in people)
    lapsed = [paper for _, _, paper in people if paper is not None]
    # A check does not say whose staff it is of.
    responsible = shift["responsible"] or _employer(people[0][0]) or school_of(shift["canteen"])
    payload = {
        "suspicion_kind": kind,
        "responsible": responsible,
        "canteen": shift["canteen"],
        "severity": rules.severity(kind),
        "first_at": shift["claimed"],
        "last_at": shift["claimed"],
        "score_ppm": _CERTAIN,
        "threshold_ppm": _CERTAIN,
        "observations": [
            {
                "record": shift["record"][2],
                "field": f"people/{places}" if shift["type"] == "shift-roster" else "staff",
            },
            *({"record": paper.id, "field": "valid_until"} for paper in lapsed),
        ],
    }
    inputs = [shift["record"], *(paper.ref for paper in lapsed)]
    finding = context.find("suspicion", payload, inputs)
    for holder, _, paper in people:
        gap = {
            "of": "" if paper is None else paper.id,
            "kind": kind,
            "finding": finding,
            "record": shift["record"],
            "day": shift["day"],
            "last_on": shift["day"],
            "canteen": shift["canteen"],
            "responsible": responsible,
        }
        holder.gaps.append(gap)
        context.put(f"of {holder.subject}", holder.to_json())
        context.row(_row(holder, gap))
        forgotten_on = civil.days_later(shift["day"], KEPT_DAYS + 1)
        context.wake(civil.begin_of(forgotten_on, context.zone), f"look {holder.subject}")


def _again(holder: Holder, gap: dict[str, Any], shift: JsonValue, context: Context) -> None:
    """Another shift in a gap that was found: it goes on."""
    assert isinstance(shift, dict)
    gap["last_on"] = max(gap["last_on"], str(shift["day"]))
    gap["later"] = shift
    context.put(f"of {holder.subject}", holder.to_json())
    context.row(_row(holder, gap))


def _reopen(person: str, seen: Seen, context: Context, rules: Rules) -> None:
    holder = Holder.of(person, context.get(f"of {person}"))
    for gap in list(holder.gaps):
        later = gap.get("later")
        if later is not None and later["record"][2] == seen.id:
            del gap["later"]
        elif gap["record"][2] == seen.id:
            holder.gaps.remove(gap)
            context.row(Row(NAME, _row_name(holder, gap)))
        else:
            continue
        context.put(f"of {person}", holder.to_json())
        if later is not None and gap not in holder.gaps:
            _tell({**later, "until": civil.later(context.now, rules.staff_grace_s)}, context)


def _supersede(superseded: str, by: str, context: Context) -> None:
    key = f"{SHIFT} {superseded}"
    known: dict[str, Any] = context.get(key) or {}
    until = civil.later(context.now, _SUPERSEDED_DAYS * civil.DAY_S)
    after: dict[str, Any] = {"superseded": by, "until": until}
    if "record" in known:
        after["shift"] = known
    elif "shift" in known:
        after["shift"] = known["shift"]
    context.put(key, after)
    context.wake(until, key)


def _covered(papers: Sequence[Paper], day: str) -> bool:
    return any(paper.kind == KIND and paper.covers(day) for paper in papers)


def _lapsed(holder: Holder, day: str) -> Paper | None:
    """The certificate whose end began the gap that a day lies in."""
    ended = [paper for paper in holder.papers if paper.kind == KIND and paper.has_ended(day)]
    return max(ended, key=lambda paper: (paper.last_day, paper.ref[0]), default=None)


def _known(holder: Holder, day: str) -> dict[str, Any] | None:
    lapsed = _lapsed(holder, day)
    of = "" if lapsed is None else lapsed.id
    return next((gap for gap in holder.gaps if gap["of"] == of), None)


def _employer(holder: Holder) -> str | None:
    """Whose staff a person is: by the last certificate, else by the last registration."""
    papers = [(paper.last_day, paper.ref[0], paper.about) for paper in holder.papers]
    works = [(work.until, work.ref[0], work.employer) for work in holder.works]
    last = max(papers, default=None) or max(works, default=None)
    return None if last is None else last[2]


def _row_name(holder: Holder, gap: Mapping[str, Any]) -> str:
    return f"{gap['kind']} {holder.subject} {gap['of']}"


def _row(holder: Holder, gap: Mapping[str, Any]) -> Row:
    detail: dict[str, JsonValue] = {
        "finding": gap["finding"],
        "staff": holder.subject,
        "canteen": gap["canteen"],
        "employer": gap["responsible"],
        "record": {"id": gap["record"][2], "index": gap["record"][0]},
        "last_on": gap["last_on"],
    }
    if gap["of"]:
        detail["certificate"] = gap["of"]
    status = "covered" if _covered(holder.papers, gap["day"]) else "found"
    school = school_of(gap["canteen"])
    return Row(NAME, _row_name(holder, gap), school, gap["day"], gap["kind"], status, detail)
