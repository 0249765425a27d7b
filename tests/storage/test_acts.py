"""Acts are judged by all that stands below them in the log, whoever wrote it, and facts never are."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from logs import (
    ADMIN,
    BUREAU,
    OCCURRED_AT,
    OPERATOR,
    OTHER_SCHOOL,
    SCHOOL,
    SUPPLIER,
    Writer,
    appended,
    audit,
    found,
    open_store,
    refusal,
    signer,
)
from sqlalchemy import event, text

from ledger import jws
from ledger.errors import ConflictError, RefusedError, UnavailableError
from ledger.evidence.draft import Draft
from ledger.oversight import taking_back
from ledger.oversight.act_rules import RULES
from ledger.oversight.acts import ACT_TYPES, ActRules
from ledger.oversight.freeze import Freeze
from ledger.statement import Link
from storage.database import open_engine
from storage.migrate import migrate
from storage.store import Store

CANTEEN = "canteen:2105020001~01"
ENGINE = f"{OPERATOR}~engine"
REGULATOR = "regulator:11210500MB1H7728Q5~canteens"


def freeze(
    writer: Writer, *subjects: str, response: str = "freeze", issuer: str = SCHOOL, **more: Any
) -> Draft:
    payload = {"response": response, "effective_from": OCCURRED_AT}
    return writer.draft("risk-response", issuer, payload, subjects=subjects or (SCHOOL,), **more)


def order(writer: Writer, *subjects: str, **more: Any) -> Draft:
    content = {"school": SCHOOL, "meals": 400}
    return writer.draft("order", SCHOOL, content, subjects=subjects or (SCHOOL, CANTEEN), **more)


def lift(writer: Writer, of: Draft) -> Draft:
    links = [Link("lifts", id=of.statement.id)]
    payload = {"released": ["ordering", "serving"], "lifted_from": OCCURRED_AT}
    return writer.draft("freeze-lift", SCHOOL, payload, links=links)


def erasure(writer: Writer, of: Draft, *, issuer: str = ADMIN, **payload: Any) -> Draft:
    said = of.statement
    return writer.draft(
        "erasure",
        issuer,
        {"scope": "record", "reason_code": "court-order", **payload},
        subjects=(f"record:{said.id}",),
        links=[Link("erases", id=said.id, sha256=said.sha256)],
    )


def decision(writer: Writer, says: str = "in-force", **payload: Any) -> Draft:
    """A decision on the supplier; in force for a century."""
    content = {
        "supplier": SUPPLIER, "decision": says, "categories": ["meat"],
        "effective_at": "2026-01-01T00:00:00.000Z", **payload,
    }  # fmt: skip
    if says == "in-force":
        content = {"term_from": "2000-01-01", "term_until": "2099-12-31", **content}
    return writer.draft("admission", SCHOOL, content, subjects=(SUPPLIER,))


def buy(writer: Writer) -> Draft:
    """An order from the supplier."""
    content = {"school": SCHOOL, "supplier": SUPPLIER, "lines": [{"item_code": "pork-leg"}]}
    return writer.draft("order", SCHOOL, content, subjects=(SCHOOL, CANTEEN, SUPPLIER))


def demands(writer: Writer, version: int = 1, **rules: Any) -> Draft:
    """A policy under which suppliers need a permit."""
    content = {"name": "certificates", "version": version, "rules": rules}
    return writer.draft("policy", ADMIN, content, subjects=())


def cause(outcome: Any, code: str = "frozen") -> str | None:
    """The record that blocks the act; the outcome must be such a refusal."""
    assert refusal(outcome) == "rule-blocked"
    assert isinstance(outcome, RefusedError)
    (fault,) = outcome.faults
    assert fault.code == code
    return fault.record


@pytest.fixture
def another(
    url: str,
    log: tuple[Store, Writer],  # noqa: ARG001 - founded before
    tmp_path: Path,
) -> Iterator[Store]:
    """The same log, as another process has it."""
    store = open_store(url, tmp_path)
    yield store
    store.close()


def test_an_act_is_refused_by_what_another_process_wrote(
    log: tuple[Store, Writer], another: Store
) -> None:
    store, writer = log
    other, begun = another, freeze(writer)
    appended(other.append([begun])[0])

    assert cause(store.append([order(writer)])[0]) == begun.statement.id
    appended(other.append([lift(writer, begun)])[0])
    appended(store.append([order(writer)])[0])
    audit(store)


def test_an_act_is_refused_by_its_cause_in_the_same_transaction(log: tuple[Store, Writer]) -> None:
    store, writer = log
    before, begun, after = order(writer), freeze(writer), order(writer)

    first, second, third, fourth, fifth = store.append(
        [before, begun, after, lift(writer, begun), order(writer)]
    )

    appended(first)
    appended(second)
    assert cause(third) == begun.statement.id
    appended(fourth)
    appended(fifth)
    assert store.differing_acts() == []


def test_an_atomic_batch_is_refused_whole_and_changes_nothing(log: tuple[Store, Writer]) -> None:
    store, writer = log
    begun = freeze(writer)
    size = store.head().size

    outcomes = store.append([begun, order(writer)], atomic=True)

    assert [refusal(outcome) for outcome in outcomes] == ["rule-blocked"] * 2
    assert store.head().size == size
    appended(store.append([order(writer)])[0])
    outcomes = store.append([begun, lift(writer, begun), order(writer)], atomic=True)
    for outcome in outcomes:
        appended(outcome)


def test_a_replay_of_an_act_is_a_replay(log: tuple[Store, Writer]) -> None:
    store, writer = log
    ordered, begun = order(writer), freeze(writer)
    appended(store.append([ordered])[0])
    appended(store.append([begun])[0])

    again, begun_again, new = store.append([ordered, begun, order(writer)])

    assert appended(again).replayed
    assert appended(begun_again).replayed
    assert cause(new) == begun.statement.id


def test_facts_are_stored_whatever_is_frozen(log: tuple[Store, Writer]) -> None:
    store, writer = log
    appended(store.append([freeze(writer)])[0])
    kinds = ["weigh-in", "acceptance", "rejection", "meal-service", "demand-plan", "settlement"]

    for outcome in store.append([writer.draft(kind, SCHOOL) for kind in kinds]):
        appended(outcome)


def test_others_are_not_concerned(log: tuple[Store, Writer]) -> None:
    store, writer = log
    appended(store.append([freeze(writer)])[0])

    elsewhere = writer.draft("order", OTHER_SCHOOL, {"school": OTHER_SCHOOL})
    appended(store.append([elsewhere])[0])


def faults(outcome: Any) -> list[tuple[str, str, str | None]]:
    """Pointer, code and record of each fault of a refusal for what stands in the log."""
    assert refusal(outcome) == "rule-blocked"
    assert isinstance(outcome, RefusedError)
    return [(fault.pointer, fault.code, fault.record) for fault in outcome.faults]


@pytest.fixture
def regulated(url: str, tmp_path: Path) -> Iterator[tuple[Store, Writer]]:
    """A log with a regulator in it, who is an authority of its genesis as well."""
    store = open_store(url, tmp_path)
    migrate(store.engine)
    writer = found(store, authorities=(BUREAU, REGULATOR))
    for outcome in store.append(writer.admission(REGULATOR, "regulator")):
        appended(outcome)
    yield store, writer
    store.close()


def signed(draft: Draft) -> Draft:
    """The draft of the engine or the regulator, by the key of its issuer."""
    said = draft.statement
    signature = jws.sign(said.to_bytes(), signer(said.issuer))
    return replace(
        draft, signature=signature, posters=frozenset({"engine", "regulator", "authority"})
    )


def test_who_froze_does_not_take_the_freeze_back_and_a_lift_ends_it(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    begun = signed(freeze(writer, issuer=ENGINE))
    for outcome in store.append([writer.key_registration(ENGINE, signer(ENGINE)), begun]):
        appended(outcome)
    size = store.head().size

    outcomes = store.append([signed(writer.correction(begun, "did-not-occur")), order(writer)])

    assert faults(outcomes[0]) == [("/links", "regulator", begun.statement.id)]
    assert cause(outcomes[1]) == begun.statement.id
    links = [Link("replaces", id=begun.statement.id)]
    right = signed(freeze(writer, issuer=ENGINE, response="rectify", links=links))
    corrected = [signed(writer.correction(begun, "incorrect-data")), right]
    outcomes = store.append(corrected, atomic=True)
    assert faults(outcomes[0]) == [("/links", "regulator", begun.statement.id)]
    assert faults(outcomes[1]) == [("", "atomic", None)]
    assert store.head().size == size
    assert cause(store.append([order(writer)])[0]) == begun.statement.id
    for outcome in store.append([lift(writer, begun), order(writer)]):
        appended(outcome)
    assert store.differing_acts() == []


def test_a_correction_from_before_that_was_refused_counts_for_nothing(
    log: tuple[Store, Writer], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, writer = log
    begun = freeze(writer)
    right = freeze(writer, response="rectify", links=[Link("replaces", id=begun.statement.id)])
    appended(store.append([begun])[0])
    monkeypatch.setattr(taking_back, "faults", lambda *_: iter(()))
    corrected = [writer.correction(begun, "incorrect-data"), right]
    corrected_again = writer.correction(corrected[0], "did-not-occur")
    for outcome in (*store.append(corrected, atomic=True), *store.append([corrected_again])):
        appended(outcome)

    assert cause(store.append([order(writer)])[0]) == begun.statement.id
    assert store.differing_acts() == []
    store.rebuild_acts()
    assert cause(store.append([order(writer)])[0]) == begun.statement.id
    audit(store)
    for outcome in store.append([lift(writer, begun), order(writer)]):
        appended(outcome)


def test_a_regulators_freeze_that_did_not_occur_blocks_no_more(
    regulated: tuple[Store, Writer],
) -> None:
    store, writer = regulated
    begun = signed(freeze(writer, issuer=REGULATOR))
    appended(store.append([begun])[0])
    assert cause(store.append([order(writer)])[0]) == begun.statement.id

    taken_back = signed(writer.correction(begun, "did-not-occur"))
    done, ordered = store.append([taken_back, order(writer)])

    appended(done)
    appended(ordered)
    assert store.differing_acts() == []


def test_a_regulators_corrected_freeze_holds_by_its_replacement(
    regulated: tuple[Store, Writer],
) -> None:
    store, writer = regulated
    begun = signed(freeze(writer, issuer=REGULATOR))
    appended(store.append([begun])[0])
    for response, blocked in (("freeze", True), ("rectify", False)):
        links = [Link("replaces", id=begun.statement.id)]
        right = signed(freeze(writer, issuer=REGULATOR, response=response, links=links))
        correction = signed(writer.correction(begun, "incorrect-data"))
        for outcome in store.append([correction, right], atomic=True):
            appended(outcome)

        outcome = store.append([order(writer)])[0]
        if blocked:
            assert cause(outcome) == right.statement.id
        else:
            appended(outcome)
        assert store.differing_acts() == []
        begun = right


def test_nobody_but_a_regulator_erases_what_a_freeze_rests_on(
    regulated: tuple[Store, Writer],
) -> None:
    store, writer = regulated
    payload = {"response": "freeze", "effective_from": OCCURRED_AT, "accountable": "person:x"}
    begun = writer.draft("risk-response", SCHOOL, payload)
    record = begun.statement.id
    appended(store.append([begun])[0])
    size = store.head().size

    whole = erasure(writer, begun)
    some = erasure(writer, begun, scope="fields", fields=["accountable", "effective_from"])
    outcomes = store.append([whole, some, order(writer)])

    assert faults(outcomes[0]) == [("/payload/scope", "regulator", record)]
    assert faults(outcomes[1]) == [("/payload/fields/1", "regulator", record)]
    assert cause(outcomes[2]) == record
    assert store.head().size == size
    name = erasure(writer, begun, scope="fields", fields=["accountable"])
    appended(store.append([name])[0])
    assert cause(store.append([order(writer)])[0]) == record
    assert store.differing_acts() == []
    regulators = signed(erasure(writer, begun, issuer=REGULATOR))
    for outcome in store.append([regulators, order(writer)]):
        appended(outcome)
    assert store.differing_acts() == []


def test_no_order_stands_above_the_freeze_that_processes_raced_for(
    log: tuple[Store, Writer], another: Store
) -> None:
    store, writer = log
    begun, orders = freeze(writer), list[int]()
    deadline = time.monotonic() + 30

    def keep_ordering(own: Store) -> None:
        while time.monotonic() < deadline:
            outcome = own.append([order(writer)])[0]
            if isinstance(outcome, RefusedError):
                assert cause(outcome) == begun.statement.id
                return
            orders.append(outcome.index)

    threads = [threading.Thread(target=keep_ordering, args=(own,)) for own in (store, another)]
    for thread in threads:
        thread.start()
    while len(orders) < 20:
        time.sleep(0.001)
    frozen_at = appended(another.append([begun])[0]).index
    for thread in threads:
        thread.join()

    assert max(orders) < frozen_at


def test_the_state_is_derived_from_the_log_again(
    url: str, log: tuple[Store, Writer], another: Store
) -> None:
    store, writer = log
    first, second = freeze(writer), freeze(writer, SCHOOL, CANTEEN)
    for outcome in store.append([first, second, lift(writer, first), freeze(writer, OTHER_SCHOOL)]):
        appended(outcome)
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM act_states"))
    engine.dispose()
    assert len(store.differing_acts()) == 3  # the version of the rules among them

    store.rebuild_acts()

    assert store.differing_acts() == []
    assert cause(store.append([order(writer)])[0]) == second.statement.id
    assert cause(another.append([order(writer)])[0]) == second.statement.id


def test_state_that_cannot_be_opened_stops_acts_until_it_is_derived_again(
    url: str, log: tuple[Store, Writer]
) -> None:
    store, writer = log
    appended(store.append([freeze(writer)])[0])
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM wrapped_keys WHERE owner LIKE 'a:%'"))
    engine.dispose()

    with pytest.raises(UnavailableError, match="mealtrace migrate"):
        store.append([order(writer)])
    appended(store.append([writer.draft()])[0])
    assert store.differing_acts() != []
    store.rebuild_acts()
    cause(store.append([order(writer)])[0])


def test_who_reads_the_database_alone_learns_neither_whom_nor_what(
    url: str, log: tuple[Store, Writer]
) -> None:
    store, writer = log
    begun = freeze(writer)
    appended(store.append([begun, freeze(writer, OTHER_SCHOOL, response="rectify")])[0])
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT key, sealed FROM act_states")).all()
    engine.dispose()

    assert len(rows) == 3
    assert len({len(row.sealed) for row in rows}) == 2  # one of the rules' version
    for row in rows:
        stored = row.key.encode() + bytes(row.sealed)
        for word in (b"freeze", b"2105020001", begun.statement.id.encode(), b"response"):
            assert word not in stored


def test_a_batch_without_act_or_cause_asks_the_database_nothing_more(
    log: tuple[Store, Writer],
) -> None:
    store, writer = log
    asked: list[str] = []
    event.listen(
        store.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, *_: asked.append(statement),
    )
    appended(store.append([writer.draft(), writer.draft("weigh-in")])[0])
    assert not [statement for statement in asked if "act_states" in statement]
    appended(store.append([order(writer)])[0])
    assert len([statement for statement in asked if "act_states" in statement]) == 1


def test_every_act_type_passes_where_nothing_blocks_it(log: tuple[Store, Writer]) -> None:
    store, writer = log

    for outcome in store.append([writer.draft(kind, SCHOOL) for kind in sorted(ACT_TYPES)]):
        appended(outcome)
    assert RULES.touched & ACT_TYPES


def test_a_supplier_is_ordered_from_once_and_while_it_is_admitted(
    log: tuple[Store, Writer], another: Store
) -> None:
    store, writer = log
    assert cause(store.append([buy(writer)])[0], "not-admitted") is None
    stopped = decision(writer, "suspended", effective_at="2026-02-01T00:00:00.000Z")

    first, second, third, fourth = store.append(
        [decision(writer), buy(writer), stopped, buy(writer)]
    )

    for outcome in (first, second, third):
        appended(outcome)
    assert cause(fourth, "suspended") == stopped.statement.id
    assert cause(another.append([buy(writer)])[0], "suspended") == stopped.statement.id
    appended(another.append([writer.correction(stopped, "did-not-occur")])[0])
    appended(store.append([buy(writer)])[0])
    assert store.differing_acts() == []
    audit(store)


def test_an_admission_that_is_erased_admits_nobody(log: tuple[Store, Writer]) -> None:
    store, writer = log
    admitted = decision(writer)
    appended(store.append([admitted])[0])
    fields = erasure(writer, admitted, scope="fields", fields=["term_until"])

    for outcome in store.append([buy(writer), fields]):
        appended(outcome)

    assert cause(store.append([buy(writer)])[0], "not-admitted") is None
    assert store.differing_acts() == []


def test_a_policy_demands_papers_from_its_entry_on(log: tuple[Store, Writer]) -> None:
    store, writer = log
    lapsed, renewed = writer.certificate("2020-12-31"), writer.certificate()

    before = store.append([decision(writer), lapsed, buy(writer), demands(writer)])
    after = store.append([buy(writer), renewed, buy(writer)])

    for outcome in (*before, *after[1:]):
        appended(outcome)
    assert cause(after[0], "certificate-lapsed") == lapsed.statement.id
    assert store.differing_acts() == []
    store.rebuild_acts()
    assert store.differing_acts() == []
    appended(store.append([buy(writer)])[0])


@pytest.fixture
def earlier(url: str, tmp_path: Path) -> Iterator[tuple[Store, Writer]]:
    """A log as a version left it whose only rule is the freeze: admissions were mere facts."""
    store = open_store(url, tmp_path, act_rules=ActRules([Freeze()]))
    migrate(store.engine)
    yield store, found(store)
    store.close()


def test_state_of_other_rules_is_refused_until_it_is_derived_again(
    earlier: tuple[Store, Writer], another_version: Store
) -> None:
    old, writer = earlier
    store = another_version
    begun, stopped = freeze(writer, OTHER_SCHOOL), decision(writer, "removed")
    for outcome in old.append([begun, decision(writer), buy(writer), stopped, demands(writer)]):
        appended(outcome)

    with pytest.raises(ConflictError, match="mealtrace migrate"):
        store.check_acts()
    with pytest.raises(UnavailableError, match="mealtrace migrate"):
        store.append([buy(writer)])
    appended(store.append([writer.draft("weigh-in")])[0])
    assert store.differing_acts() != []

    store.renew_acts()

    store.check_acts()
    assert store.differing_acts() == []
    assert cause(store.append([buy(writer)])[0], "removed") == stopped.statement.id
    elsewhere = writer.draft("order", OTHER_SCHOOL, {"school": OTHER_SCHOOL})
    assert cause(store.append([elsewhere])[0]) == begun.statement.id


def test_a_process_of_other_rules_that_was_left_running_writes_nothing_beside_them(
    earlier: tuple[Store, Writer], another_version: Store
) -> None:
    old, writer = earlier
    another_version.renew_acts()

    for draft in (order(writer), freeze(writer)):
        with pytest.raises(UnavailableError, match="other rules"):
            old.append([draft])
    appended(old.append([writer.draft("weigh-in")])[0])
    assert another_version.differing_acts() == []


@pytest.fixture
def another_version(
    url: str,
    earlier: tuple[Store, Writer],  # noqa: ARG001 - founded before
    tmp_path: Path,
) -> Iterator[Store]:
    """The same log under this version's rules."""
    store = open_store(url, tmp_path)
    yield store
    store.close()


def test_what_is_derived_from_an_altered_entry_is_not_named(
    url: str, log: tuple[Store, Writer]
) -> None:
    store, writer = log
    admitted = appended(store.append([decision(writer)])[0])
    store.append([writer.certificate()])
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM act_states"))
    assert store.differing_acts() != []
    assert store.differing_acts({admitted.index}) == []
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE entries SET sealed = :other WHERE type = 'certificate'"),
            {"other": bytes(80)},
        )
    engine.dispose()

    assert store.differing_acts() == []
