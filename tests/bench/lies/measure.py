"""School-days by the thousand told to the detectors of fabrication, and what they made of them.

    python -m tests.bench lies [--honest N] [--liars N] [--each N] [--weeks N] [--seed S]

Prints recall, precision and false findings per 1,000 clean school-days by kind of lie, and recall by
way of lying: for each group of ways with schools of its own, and for all together. Writes all of it
to `--output`. The same seed gives the same figures to the last digit.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

sys.path.append(str(Path(__file__).resolve().parents[2]))

from components.term.script import Said
from components.told_log import ToldLog
from rich.console import Console
from rich.table import Table

from ledger import timestamp
from ledger.oversight.civil import day_of, later
from ledger.oversight.fabrication.family import Fabrication
from ledger.oversight.family import Family
from tests.bench.lies import honest, kinds, plan, score
from tests.bench.lies.groups import GROUPS, Group
from tests.bench.lies.score import Count, SchoolDay, Score, Suspected
from tests.bench.lies.truth import Lie

ROOT: Final = Path(__file__).resolve().parents[3]
ZONE: Final = "Asia/Shanghai"
SEED: Final = 2027
_AFTERWARDS_S: Final = 30 * 86_400
"""How long the log is silent after the last record, for what is found late."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How much there is of each group.

    Attributes:
        honest: schools that never lie.
        liars: schools that lie on some of their days.
        each: lies of every way.
        weeks: of the term.
        seed: the same gives the same days and lies.
    """

    honest: int = 24
    liars: int = 60
    each: int = 10
    weeks: int = 6
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class Measured:
    """What was told and found, and what it came to.

    Attributes:
        group: whose ways were told, in schools of its characters.
        score: counts of everything.
        by_character: of honest schools by character, school-days and false findings.
        records: told to the detectors.
        seconds: to make them up, and to tell them.
    """

    group: Group
    score: Score
    by_character: dict[str, tuple[int, int]]
    records: int
    lies: Sequence[Lie]
    seconds: tuple[float, float]


def measure(
    families: Sequence[Family], shape: Shape, codes: Mapping[str, frozenset[str]], group: Group
) -> Measured:
    """Make up a group's days, tell them, and hold what was found against the truth."""
    began = time.perf_counter()
    stories = honest.stories(
        shape.honest + shape.liars, shape.weeks, shape.seed, group.characters, group.first
    )
    lies = plan.lies(stories[shape.honest :], group.ways, shape.each, shape.seed)
    said = [one for story in stories for one in story.all()]
    said.sort(key=lambda one: (one.at_ms, one.name))
    served = [(story.kitchen.party, str(on)) for story in stories for on in story.serving]
    made = time.perf_counter()
    suspected = _suspected(families, said)
    told = time.perf_counter()
    found = score.score(lies, suspected, served, codes, kinds.BY_DAY)
    return Measured(
        group,
        found,
        _by_character(stories[: shape.honest], found),
        len(said),
        lies,
        (made - began, told - made),
    )


def _suspected(families: Sequence[Family], said: Sequence[Said]) -> list[Suspected]:
    """Tell all of it; the suspicions, in the order in which they were found."""
    log = ToldLog(*families, at="2027-01-01T00:00:00.000Z")
    for one in said:
        request = one.request
        log.post(
            one.type,
            one.payload,
            issuer=request["issuer"],
            at=timestamp.format(one.at_ms),
            occurred_at=request["occurred_at"],
            links=request["links"],
            blobs=request.get("blobs", ()),
            record_id=one.id,
        )
    log.until(later(log.now, _AFTERWARDS_S))
    where = {one.id: (one.school, one.day) for one in said}
    return [
        _read(finding.request, where)
        for finding in log.found
        if finding.request["type"] == "suspicion"
    ]


def _read(request: Mapping[str, Any], where: Mapping[str, SchoolDay]) -> Suspected:
    payload = request["payload"]
    observed = [seen["record"] for seen in payload["observations"]]
    cited = {link["id"] for link in request["links"] if link["rel"] == "cites"}
    records = frozenset(observed) | cited
    days = score.days_of(day_of(payload["first_at"], ZONE), day_of(payload["last_at"], ZONE))
    schools = frozenset(where[record][0] for record in records if record in where)
    seen_on = frozenset(where[record] for record in observed if record in where)
    return Suspected(payload["suspicion_kind"], schools, days, records, seen_on)


def _by_character(stories: Sequence[Any], found: Score) -> dict[str, tuple[int, int]]:
    character = {story.kitchen.party: story.kitchen.character.name for story in stories}
    days = Counter[str]()
    for story in stories:
        days[story.kitchen.character.name] += len(story.serving)
    false = Counter(
        character[school]
        for one in found.false
        for school in sorted(one.schools)[:1]
        if school in character
    )
    return {name: (count, false[name]) for name, count in days.items()}


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Measure the detectors of fabrication.")
    shape = Shape()
    for name in ("honest", "liars", "each", "weeks", "seed"):
        parser.add_argument(f"--{name}", type=int, default=getattr(shape, name))
    parser.add_argument("--output", type=Path, default=ROOT / "bench-lies.json")
    asked = parser.parse_args()
    shape = Shape(asked.honest, asked.liars, asked.each, asked.weeks, asked.seed)
    # Its tables are wider than what a pipe is taken for.
    console = Console(width=max(Console().width, 150))
    measured = []
    for group in GROUPS:
        measured.append(measure([Fabrication()], shape, kinds.CODES, group))
        _show(console, measured[-1])
    whole = score.together(one.score for one in measured)
    console.print(_kinds("ways of all groups", whole))
    written = {
        "groups": {one.group.name: figures(one) for one in measured},
        "together": _by_kind(whole),
    }
    asked.output.write_text(json.dumps(written, indent=2, ensure_ascii=False) + "\n")
    return 0


def figures(measured: Measured) -> dict[str, Any]:
    """All of a group, to be written."""
    found = measured.score
    return {
        "records": measured.records,
        "lies": len(measured.lies),
        "seconds_to_make": round(measured.seconds[0], 1),
        "seconds_to_tell": round(measured.seconds[1], 1),
        **_by_kind(found),
        "ways": [
            {"kind": kind, "way": way, "lies": count.lies, "found": count.found,
             "noticed": count.noticed}
            for kind, way, count in _by_way(measured)
        ],
        "characters": {
            name: {"school_days": days, "false": false}
            for name, (days, false) in measured.by_character.items()
        },
        "missed": [
            {"kind": lie.kind, "way": lie.way, "strength": lie.strength, "schools": lie.schools,
             "days": lie.days}
            for lie in found.missed
        ],
        "found_by_days": [
            {"kind": kind, "way": way, "days": days, "lies": count.lies, "found": count.found}
            for (kind, way, days), count in sorted(found.lengths.items())
        ],
        "false": [
            {"code": one.code, "seen_on": sorted(one.seen_on)} for one in found.false
        ],
    }  # fmt: skip


def _by_kind(found: Score) -> dict[str, Any]:
    """Of a group, or of all together."""
    return {
        "clean_school_days": found.clean_days,
        "lying_school_days": found.lying_days,
        "kinds": {kind: _figures(found, count) for kind, count in found.kinds.items()},
        "all": _figures(found, found.total),
    }


def _by_way(measured: Measured) -> list[tuple[str, str, Count]]:
    """In the order in which the ways are listed."""
    ways = measured.score.ways
    return [(way.kind, way.name, ways[way.kind, way.name]) for way in measured.group.ways]


def _figures(found: Score, count: Count) -> dict[str, Any]:
    low, high = score.wilson(count.found, count.lies)
    return {
        "lies": count.lies,
        "found": count.found,
        "noticed": count.noticed,
        "recall": _rounded(count.recall),
        "recall_from": round(low, 3),
        "recall_to": round(high, 3),
        "findings": count.findings,
        "right": count.right,
        "beside": count.beside,
        "false": count.false,
        "precision": _rounded(count.precision),
        "false_on_clean": count.false_on_clean,
        "false_per_1000_clean_days": round(found.per_1000(count.false_on_clean), 1),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _show(console: Console, measured: Measured) -> None:
    found = measured.score
    console.print(
        f"{measured.group.name} group: {measured.records:,} records, {found.clean_days} clean school-days, "
        f"{found.lying_days} with one of {len(measured.lies)} lies; made up in "
        f"{measured.seconds[0]:.0f} s, told in {measured.seconds[1]:.0f} s"
    )
    console.print(_kinds(f"ways of the {measured.group.name} group", found))
    ways = Table("lie", "way", "told", "found", "recall", "under any code")
    for kind, way, count in _by_way(measured):
        ways.add_row(
            kind, way, str(count.lies), str(count.found), _percent(count.recall), str(count.noticed)
        )
    console.print(ways)
    characters = Table("honest kitchens", "school-days", "false findings")
    for name, (days, false) in measured.by_character.items():
        characters.add_row(name, str(days), str(false))
    console.print(characters)


def _kinds(title: str, found: Score) -> Table:
    table = Table(
        "lie", "told", "found", "recall", "95 %", "findings", "right", "beside", "false",
        "precision", "false per 1,000 clean days", title=title,
    )  # fmt: skip
    for kind, count in [*found.kinds.items(), ("all", found.total)]:
        row = _figures(found, count)
        table.add_row(
            kind, str(count.lies), str(count.found), _percent(count.recall),
            f"{row['recall_from']:.0%}-{row['recall_to']:.0%}" if count.lies else "",
            str(count.findings), str(count.right), str(count.beside), str(count.false),
            _percent(count.precision), f"{row['false_per_1000_clean_days']:.1f}",
        )  # fmt: skip
    return table


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


if __name__ == "__main__":
    sys.exit(main())
