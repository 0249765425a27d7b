"""Alerts of a camera, and how what they open is put right or is not (整改闭环、影像复核销号)."""

from datetime import timedelta

from components.term.faults.fault import Finding, Planted, Shown
from components.term.faults.plot import At, Plot
from components.term.script import clock, later, moment

_TASKS = {"no-hat": "wear-protection", "open-bin": "clean", "covered-lens": "repair"}


def alert(plot: Plot, at: At, kind: str, how: str = "in-time") -> Planted:
    """A camera sees something, and a work order follows, answered as `how` says."""
    school, on, name = plot.school(at), plot.on(at), plot.name(at)
    seen = clock(on, 10, plot.draw.randrange(50), plot.draw.randrange(60))
    with plot.script() as script:
        record = script.say(
            f"alert {name} {kind}",
            school.gateway,
            "inspection-alert",
            {
                "canteen": school.canteen,
                "camera": f"camera:{school.gateway.partition(':')[2]}-kitchen-1",
                "alert_kind": kind,
                "severity": "minor",
                "first_seen_at": moment(seen),
                "confirmed_at": moment(later(seen, seconds=5)),
                "model_sha256": "9a" * 32,
                "manifest_sha256": "0b" * 32,
                "score_ppm": plot.draw.randrange(850_000, 990_000),
                "threshold_ppm": 800_000,
                "frames": plot.draw.randrange(20, 60),
                "box_px": [412, 88, 96, 120],
            },
            later(seen, seconds=6),
            occurred=later(seen, seconds=5),
            files=["frame"],
            school=school.party,
            day=on,
        )
    day = str(on)
    opened = Finding(type="work-order", code=_TASKS[kind], about=school.canteen, day=day,
                     cites=(record,))  # fmt: skip
    closed = Shown(family="rectification", kind=_TASKS[kind], status="closed", scope=school.party,
                   day=day, says=(record,))  # fmt: skip
    return Planted(findings=[opened], rows=[closed], answers={record: how})


def answered_late(plot: Plot, at: At, kind: str) -> Planted:
    """The answer comes an hour after the deadline and its grace: a graver order follows."""
    planted = alert(plot, at, kind, "late")
    canteen = plot.school(at).canteen
    planted.findings.append(Finding(type="work-order", code="escalated", about=canteen))
    return planted


def closed_by_its_own(plot: Plot, at: At, kind: str) -> Planted:
    """The school itself looks at what the school did, and says that somebody else had done it."""
    planted = alert(plot, at, kind, "own")
    school = plot.school(at)
    found = Finding(type="suspicion", code="reviewed-by-own-organisation", about=school.canteen)
    planted.findings.append(found)
    return planted


def never_closed(plot: Plot, at: At, kind: str) -> Planted:
    """It was put right in time, and nobody ever looked at it."""
    planted = alert(plot, at, kind, "unreviewed")
    school = plot.school(at)
    (closed,) = planted.rows
    planted.rows = [
        Shown(family="rectification", kind=closed.kind, status="answered", scope=closed.scope,
              day=closed.day, says=closed.says)
    ]  # fmt: skip
    due = str(plot.on(at) + timedelta(days=3))
    planted.findings.append(
        Finding(
            type="missing-evidence", code="closure-of-work-order", about=school.canteen, day=due
        )
    )
    planted.rows.append(
        Shown(
            family="completeness", kind="closure-of-work-order", status="missing",
            scope=school.party, day=due,
        )
    )  # fmt: skip
    return planted
