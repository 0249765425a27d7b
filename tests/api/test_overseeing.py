"""Oversight beside a real log: it begins with a policy, survives being cut off, posts nothing twice."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from components.dispatched import Dispatched
from playground import embedded, example

from api.govern import admin_of, say
from api.installation import Installation, open_installation
from api.overseeing import ENGINE_KEY, Overseer
from devices.client.keys import SigningKey
from ledger import entry as entries
from ledger import timestamp
from ledger.errors import ConflictError, RefusedError
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day
from storage.oversight import WantedRows


class AtOnce(Dispatched):
    """An order must be dispatched the moment it is logged."""

    defaults: Mapping[str, Any] = {"hour_s": 0}


@pytest.fixture
def opened(settled: Callable[[Path], dict[str, str]], tmp_path: Path) -> Iterator[Installation]:
    settled(tmp_path)
    with closing(open_installation(embedded(tmp_path))) as opened:
        yield opened


def oversee(opened: Installation, **changes: Any) -> Overseer:
    family = changes.pop("family", AtOnce())
    return Overseer(opened, threading.Event(), "test", families=[family], **changes)


def put_policy(opened: Installation, name: str = "dispatched") -> None:
    rules = {"name": name, "version": 1, "rules": {"hour_s": 0}}
    say(opened, "policy", rules, issuer=admin_of(opened))


def post(opened: Installation, kind: str, **changes: Any) -> int:
    request = example(kind, **changes)
    draft = prepare(
        request, submitter=request["issuer"], ledger=opened.ledger, new_seed=bytes(range(32))
    )
    outcome = opened.store.append([draft])[0]
    assert not isinstance(outcome, RefusedError), outcome
    return outcome.index


def found(opened: Installation) -> list[entries.Entry]:
    store = opened.store
    every = [entries.parse(data) for data in store.entries(0, store.head().size)]
    return [entry for entry in every if entry.statement.type == "missing-evidence"]


def test_nothing_is_followed_before_a_policy_of_some_family_stands_in_the_log(
    opened: Installation,
) -> None:
    post(opened, "order")
    put_policy(opened, "another")
    overseer = oversee(opened)

    assert not overseer.step()
    assert opened.store.oversight.position() is None

    put_policy(opened)
    overseer.catch_up()

    assert opened.store.oversight.position() is not None


def test_what_is_found_is_posted_under_the_engines_key(opened: Installation) -> None:
    put_policy(opened)
    order = post(opened, "order")
    oversee(opened).catch_up()

    (missing,) = found(opened)
    assert missing.statement.issuer == f"{opened.operator}~engine"
    key = SigningKey.load(opened.settings.keys_dir / ENGINE_KEY)
    assert key.kid in opened.store.registry().standing.keys
    assert missing.signature is not None
    assert [link.id for link in missing.statement.links] == [
        opened.store.records(order, order + 1)[0].id
    ]


def test_an_engine_that_goes_on_finds_nothing_twice(opened: Installation) -> None:
    put_policy(opened)
    for number in range(3):
        post(opened, "order", order_no=f"N-{number}")
        oversee(opened).catch_up()
        oversee(opened).catch_up()

    assert len(found(opened)) == 3
    assert opened.store.oversight.waiting() == (0, 0)


def test_what_was_saved_and_not_posted_is_posted_by_the_next(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_policy(opened)
    post(opened, "order")
    cut_off = oversee(opened)
    monkeypatch.setattr(cut_off, "_post", lambda: 0)
    cut_off.step()
    cut_off.step()
    assert opened.store.oversight.waiting() == (1, 0)
    assert found(opened) == []

    oversee(opened).catch_up()

    assert len(found(opened)) == 1
    assert opened.store.oversight.waiting() == (0, 0)


def test_what_was_posted_and_not_dropped_is_dropped_by_the_next(
    opened: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_policy(opened)
    post(opened, "order")
    cut_off = oversee(opened)
    with monkeypatch.context() as patched:
        patched.setattr(opened.store.oversight, "posted", lambda _ids: None)
        for _ in range(3):
            cut_off.step()
    assert opened.store.oversight.waiting() == (1, 0)

    oversee(opened).catch_up()

    assert len(found(opened)) == 1
    assert opened.store.oversight.waiting() == (0, 0)


def test_of_two_that_follow_the_log_the_slower_writes_nothing(opened: Installation) -> None:
    put_policy(opened)
    one, other = oversee(opened), oversee(opened)
    one.step()
    other.step()
    post(opened, "order")
    one.step()

    with pytest.raises(ConflictError, match="another process"):
        other.step()

    other.catch_up()
    assert len(found(opened)) == 1


def test_other_rules_derive_everything_again(opened: Installation) -> None:
    put_policy(opened)
    post(opened, "order")
    oversee(opened).catch_up()
    before = opened.store.oversight.rows(WantedRows("dispatched"))

    again = oversee(opened, version="another")
    again.catch_up()

    assert len(found(opened)) == 1
    position = opened.store.oversight.position()
    assert position is not None
    assert position.rules == "another"
    assert opened.store.oversight.rows(WantedRows("dispatched")) == before


def test_state_that_was_altered_is_derived_again(opened: Installation) -> None:
    put_policy(opened)
    post(opened, "order")
    oversee(opened).catch_up()
    with opened.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE oversight_states SET sealed = x'00'")

    oversee(opened).catch_up()
    post(opened, "order", order_no="N-2")
    oversee(opened).catch_up()

    assert len(found(opened)) == 2


@pytest.mark.parametrize("table", ["oversight_states", "oversight_findings"])
def test_one_value_that_was_altered_does_not_stop_oversight(
    opened: Installation, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_policy(opened)
    post(opened, "order")
    cut_off = oversee(opened)
    with monkeypatch.context() as patched:
        patched.setattr(cut_off, "_post", lambda: 0)
        cut_off.step()
        cut_off.step()
    position = opened.store.oversight.position()
    assert position is not None
    with opened.store.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE {table} SET sealed = x'00' WHERE sealed <> ?",
            (position.stored,),
        )
    post(opened, "order", order_no="N-2")

    overseer = oversee(opened)
    with pytest.raises(ConflictError, match="derived from the log again"):
        overseer.catch_up()
    overseer.catch_up()

    assert len(found(opened)) == 2
    assert opened.store.oversight.waiting() == (0, 0)


def test_nothing_stored_shows_what_was_read(opened: Installation) -> None:
    class Waits(Dispatched):
        """Its timers stay."""

    put_policy(opened)
    post(opened, "order")
    oversee(opened, family=Waits()).catch_up()

    with opened.store.engine.begin() as connection:
        for table, column in (("states", "sealed"), ("rows", "sealed"), ("findings", "sealed")):
            rows = connection.exec_driver_sql(f"SELECT {column} FROM oversight_{table}").all()
            for (sealed,) in rows:
                assert day.SUPPLIER.encode() not in bytes(sealed)
                assert b"open" not in bytes(sealed)


def test_a_finding_that_the_log_refuses_is_kept_with_the_reason(opened: Installation) -> None:
    class Wrong(AtOnce):
        """Finds what its type's rules refuse."""

        def due(self, key: str, context: Any) -> None:
            context.find("missing-evidence", {"obligation_kind": "x"}, [context.get(key)["order"]])

    put_policy(opened)
    post(opened, "order")
    oversee(opened, family=Wrong()).catch_up()

    assert found(opened) == []
    assert opened.store.oversight.waiting() == (0, 1)


def test_a_revoked_key_is_followed_by_another(opened: Installation) -> None:
    put_policy(opened)
    post(opened, "order")
    oversee(opened).catch_up()
    path = opened.settings.keys_dir / ENGINE_KEY
    key = SigningKey.load(path)
    engine = f"{opened.operator}~engine"
    say(opened, "key-revocation", {"kid": key.kid, "reason": "lost"}, issuer=engine, key=key)

    post(opened, "order", order_no="N-2")
    oversee(opened).catch_up()

    assert len(found(opened)) == 2
    assert SigningKey.load(path).kid != key.kid


def test_rows_are_found_by_scope_day_kind_and_status(opened: Installation) -> None:
    put_policy(opened)
    for number in range(5):
        post(opened, "order", order_no=f"N-{number}")
    oversee(opened).catch_up()
    rows = opened.store.oversight.rows

    everything = rows(WantedRows("dispatched", scope=day.SCHOOL, kind="order", status="open"))
    assert len(everything) == 5
    first = rows(WantedRows("dispatched", limit=2))
    rest = rows(WantedRows("dispatched", after=(first[-1].day, first[-1].name)))
    assert first + rest == everything
    today = everything[0].day
    assert rows(WantedRows("dispatched", day_from=today, day_until=today)) == everything
    for nothing in (
        WantedRows("dispatched", day_from="2999-01-01"),
        WantedRows("dispatched", day_until="1999-01-01"),
        WantedRows("dispatched", scope="school:2105029999"),
        WantedRows("dispatched", status="met"),
        WantedRows("other"),
    ):
        assert rows(nothing) == []


def test_the_horizon_is_not_before_what_is_logged(opened: Installation) -> None:
    size, until = opened.store.oversight.horizon()
    index = post(opened, "order")

    logged = entries.parse(opened.store.entries(index, index + 1)[0]).logged_at
    assert size == index
    assert timestamp.parse(until) <= timestamp.parse(logged)
