"""An audit's second way through the log: what the rules find in it, against what was posted (point 7).

The rule families are told every record again, in order, over state of their own in memory. Nothing
that oversight stored beside the log is believed, or even looked at.
"""

from collections.abc import Callable, Sequence
from typing import Final

from api.audit.report import Report
from api.installation import Installation
from api.uncollected import uncollected
from ledger import entry as entries
from ledger.audit.oversight import OversightAudit
from ledger.oversight import policies
from ledger.oversight.families import FAMILIES
from ledger.oversight.family import Family

_STRETCH: Final = 1_000

Progress = Callable[[int, int], None]


def check(
    installation: Installation,
    size: int,
    report: Report,
    *,
    families: Sequence[Family] = FAMILIES,
    progress: Progress = lambda _done, _all: None,
) -> None:
    """Add to the report what differs among the first `size` entries.

    Without a policy of some family nothing is found, and nothing is read.
    """
    store = installation.store
    names = {family.name for family in families}
    if not any(_name(data) in names for data in store.open_of(policies.TYPE, above=-1)):
        return
    again = OversightAudit(
        families,
        engine=f"{installation.operator}~engine",
        ledger=installation.ledger.hex(),
        zone=installation.genesis.time_zone,
        lookup=store.oversight.record,
    )
    while again.size < size:
        end = min(again.size + _STRETCH, size)
        with uncollected():
            for seen in store.oversight.records(again.size, end, again.reads):
                for finding in again.add(seen):
                    report.add(finding)
        progress(again.size, size)
    for finding in again.finish():
        report.add(finding)
    report.count("findings", again.reproduced)
    for number, en, zh in (
        (
            again.unknown,
            "findings are of rules that this version does not have: not computed again",
            "项结论所依据的规则本版本没有，未重新计算",
        ),
        (
            again.excused,
            "findings rest on what was erased since: they cannot be computed again",
            "项结论所依据的内容已被清除，无法重新计算",
        ),
    ):
        if number:
            report.notes.append((f"{number} {en}", f"{number} {zh}"))


def _name(data: bytes) -> str:
    opened = entries.parse(data).open
    assert opened is not None
    return str(opened.payload["name"])
