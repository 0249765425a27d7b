"""Subject indexes in bundles and histories: that nothing was left out, as far as the log says."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playground import OTHER_SCHOOL, Running, embedded, example, governance, serving

from api.installation import open_installation
from ledger import entry as entries
from ledger import subject_index
from ledger.encoding import unb64
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day
from ledger.merkle import leaf_hash
from ledger.replay import Replay
from ledger.subject_index import SubjectIndex
from ledger.verification import verify


def order() -> dict[str, Any]:
    return example("order", order_no=f"I-{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="module")
def indexed(
    settled: Callable[[Path], dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Running, dict[str, Any]]]:
    """A service with a record that a subject index covers."""
    home = tmp_path_factory.mktemp("indexed")
    tokens, request = settled(home), order()
    with serving(embedded(home), tokens) as running:
        assert running.as_(day.SCHOOL).post("/v1/records", json=request).status_code == 201
        with closing(open_installation(running.settings)) as opened:
            store = opened.store
            size = store.head().size
            built = subject_index.build(store.heads_at(size), size)
            operator = running.settings.operator
            draft = prepare(
                governance("subject-index", operator, built.to_json()),
                submitter=operator,
                ledger=opened.ledger,
                new_seed=bytes(32),
            )
            assert not isinstance(store.append([draft])[0], Exception)
        yield running, request


def states(running: Running, record_id: str) -> dict[str, str]:
    bundle = running.as_(day.SCHOOL).get(f"/v1/records/{record_id}/bundle").content
    verdict = verify(bundle, running.as_(None).get("/v1/trust").content)
    return {check.name: check.state.value for check in verdict.checks}


def test_a_bundle_shows_that_nothing_was_said_about_the_record(
    indexed: tuple[Running, dict[str, Any]],
) -> None:
    running, request = indexed

    shown = states(running, request["id"])

    assert shown["corrections-and-erasures"] == "pass"
    assert shown["completeness"] == "pending"
    assert "fail" not in shown.values()


def test_a_later_record_is_not_covered_and_not_said_to_be(
    indexed: tuple[Running, dict[str, Any]],
) -> None:
    running, _ = indexed
    later = order()
    running.as_(day.SCHOOL).post("/v1/records", json=later)

    shown = states(running, later["id"])

    assert shown["completeness"] == "not-checked"
    assert "fail" not in shown.values()


def test_a_history_is_proven_to_end_where_it_says(
    indexed: tuple[Running, dict[str, Any]],
) -> None:
    running, _ = indexed

    history = running.as_(day.SUPPLIER).get(f"/v1/subjects/{day.SUPPLIER}/history").json()

    support = history["completeness"]["support"]
    opened = entries.parse(unb64(support["entry"])).open
    assert opened is not None
    index = SubjectIndex.of_json(opened.payload)
    proofs = subject_index.parse_heads(support["heads"])
    subject_index.verify(index, proofs)
    (proof,) = proofs
    assert proof.head.subject == day.SUPPLIER
    covered = [link for link in history["entries"] if link["index"] < index.size]
    assert proof.head.seq == len(covered) == covered[-1]["seq"]
    assert proof.head.leaf_hash == leaf_hash(unb64(covered[-1]["entry"]))


def test_absence_is_shown_to_readers_of_entries_only(
    indexed: tuple[Running, dict[str, Any]],
) -> None:
    running, _ = indexed
    path = "/v1/subjects/bank:nobody/history"

    assert running.as_(day.FUNDS).get(path).json()["completeness"] is None
    shown = running.as_(day.AUDITOR).get(path).json()["completeness"]
    neighbours = [head["leaf"][1] for head in shown["support"]["heads"]]
    assert neighbours == sorted(neighbours)
    assert neighbours[0] < "bank:nobody" < neighbours[1]


def test_who_sees_only_part_of_a_history_is_shown_no_end(
    indexed: tuple[Running, dict[str, Any]],
) -> None:
    running, _ = indexed

    history = running.as_(OTHER_SCHOOL).get(f"/v1/subjects/{day.SUPPLIER}/history").json()

    assert history["completeness"] is None


def test_the_heads_of_any_size_are_those_a_replay_of_the_log_gives(
    indexed: tuple[Running, dict[str, Any]],
) -> None:
    running, _ = indexed
    with closing(open_installation(running.settings)) as opened:
        data = opened.store.entries(0, 10_000)
        replay = Replay(lambda index: data[index])
        for size, entry in enumerate(data, start=1):
            replay.apply(entry)
            if size % 7 == 0 or size == len(data):
                heads = {
                    h.subject: (h.seq, h.index, h.leaf_hash) for h in opened.store.heads_at(size)
                }
                assert heads == replay.heads
