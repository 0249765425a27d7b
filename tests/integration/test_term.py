"""A clean term of several schools through the real service: oversight is silent, and audits agree."""

from collections.abc import Iterator

import pytest
from components.term.generate import Shape, generate
from components.term.play import Stage, stage

from api.audit.local import audit
from ledger import entry as entries

SILENT = frozenset(
    {"missing-evidence", "suspicion", "work-order", "risk-response", "expiry-warning", "admission"}
)
"""What is only posted where something is wrong."""

_DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two schools, three weeks, and the month after them."""
    term = generate(Shape(schools=2, weeks=3))
    with stage(tmp_path_factory.mktemp("term") / "log", term) as on_stage:
        on_stage.play(term.said)
        on_stage.until(term.said[-1].at_ms + 40 * _DAY_MS)
        yield on_stage


def findings(played: Stage) -> list[str]:
    store = played.opened.store
    every = (entries.parse(data).statement for data in store.entries(0, store.head().size))
    return [f"{said.type} {said.subjects}" for said in every if said.issuer.endswith("~engine")]


def test_everything_that_was_said_is_stored(played: Stage) -> None:
    assert played.refused == []
    assert played.opened.store.oversight.waiting() == (0, 0)


def test_nothing_is_found_where_nothing_is_wrong(played: Stage) -> None:
    assert [found for found in findings(played) if found.split(" ")[0] in SILENT] == []


def test_an_audit_finds_every_finding_again(played: Stage) -> None:
    report = audit(played.opened.settings)

    assert report.findings == []
    assert report.checked["findings"] == len(findings(played)) > 0
