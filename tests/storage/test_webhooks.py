"""Subscriptions and what is on its way to them, on both databases."""

from pathlib import Path
from typing import Any

import pytest
from logs import SCHOOL, SUPPLIER, Writer, new_log
from sqlalchemy import text

from ledger.errors import ConflictError, NotFoundError
from storage.database import now_ms, reading
from storage.deliveries import GREETING
from storage.store import Store
from storage.webhooks import Webhook

Log = tuple[Store, Writer]
DAY_MS = 86_400_000


@pytest.fixture
def store(log: Log) -> Store:
    return log[0]


def add(store: Store, party: str = SCHOOL, **changes: Any) -> Webhook:
    return store.webhooks.add(
        party, "https://x.example/secret", **{"token": None, "limit": 3, **changes}
    )


def clock(store: Store) -> int:
    with reading(store.engine) as connection:
        return now_ms(connection)


def waiting(store: Store, webhook: str) -> list[int]:
    return [one.index for one in store.deliveries.due(webhook, clock(store) + DAY_MS, 100)]


def test_a_subscription_begins_at_the_head_with_a_greeting(store: Store) -> None:
    made = add(store)

    assert made == store.webhooks.get(made.id, SCHOOL)
    assert made.since == store.head().size
    assert (made.asked, made.ended, made.replay) == ("https://x.example/secret", None, None)
    assert waiting(store, made.id) == [GREETING]
    assert store.webhooks.all() == store.webhooks.all(SCHOOL) == [made]
    assert store.webhooks.all(SUPPLIER) == []


def test_what_was_asked_for_is_sealed(store: Store) -> None:
    add(store)
    with store.engine.connect() as connection:
        for table in ("webhooks", "webhook_deliveries"):
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                for cell in row:
                    data = (
                        bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()
                    )
                    assert b"example" not in data


def test_a_party_has_a_limit_of_its_own(store: Store) -> None:
    for _ in range(3):
        add(store)
    with pytest.raises(ConflictError, match="at most 3"):
        add(store)
    add(store, SUPPLIER)


def test_what_another_party_has_is_not_found(store: Store) -> None:
    made = add(store)
    for call in (store.webhooks.get, store.webhooks.remove):
        with pytest.raises(NotFoundError):
            call(made.id, SUPPLIER)
    store.webhooks.remove(made.id, SCHOOL)
    assert store.webhooks.all() == []
    assert waiting(store, made.id) == []


def test_it_ends_with_the_token_that_made_it(store: Store) -> None:
    _, token = store.tokens.issue(SCHOOL, ["read"])
    _, short = store.tokens.issue(SCHOOL, ["read"], expires_at="2020-01-01T00:00:00.000Z")
    lasting, ended = add(store, token=token.id), add(store, token=short.id)

    now = clock(store)
    assert [one.id for one in store.webhooks.due(now)] == [lasting.id]
    store.tokens.revoke(token.id)
    assert store.webhooks.due(now) == []
    assert {one.ended for one in store.webhooks.running()} == {"token"}
    assert {one.id: one.ended for one in store.webhooks.all()} == {
        lasting.id: "token", ended.id: "token",
    }  # fmt: skip


def test_what_is_queued_twice_is_on_its_way_once_and_the_cursor_only_grows(store: Store) -> None:
    made = add(store)
    assert store.deliveries.followed() is None
    store.deliveries.queue([(made.id, 3), (made.id, 4), ("gone", 4)], 5)
    store.deliveries.delivered(made.id, [GREETING, 3], "200", clock(store), 0)

    store.deliveries.queue([(made.id, 3), (made.id, 4)], 5)
    store.deliveries.queue([], 2)

    assert waiting(store, made.id) == [4]
    assert store.deliveries.followed() == 5
    assert store.deliveries.counts([made.id]) == {made.id: {"delivered": 2, "pending": 1}}


def test_what_waits_longest_is_due_first_and_what_failed_stands_back(store: Store) -> None:
    made = add(store)
    store.deliveries.queue([(made.id, index) for index in range(5, 9)], 9)
    now = clock(store)
    store.deliveries.failed(
        made.id, [GREETING, 5], "500", now, due=now + 9_000, rest_until=now + 2_000, dead_before=0
    )

    due = store.deliveries.due(made.id, now, 100)
    assert [one.index for one in due] == [6, 7, 8]
    assert waiting(store, made.id) == [6, 7, 8, GREETING, 5]
    [stood] = store.webhooks.all()
    assert (stood.failures, stood.outcome, stood.rest_until_ms) == (1, "500", now + 2_000)
    assert store.webhooks.due(now + 1_000) == []
    assert [one.id for one in store.webhooks.due(now + 2_000)] == [made.id]


def test_nothing_is_due_of_one_to_which_nothing_is_on_its_way(store: Store) -> None:
    made = add(store)
    store.deliveries.delivered(made.id, [GREETING], "200", clock(store), 0)

    assert store.webhooks.due(clock(store)) == []
    assert [one.id for one in store.webhooks.running()] == [made.id]


def test_a_receiver_that_is_back_after_an_outage_gets_everything_at_once(store: Store) -> None:
    made = add(store)
    store.deliveries.queue([(made.id, 5)], 6)
    now = clock(store)
    for failures in range(1, 5):
        store.deliveries.failed(
            made.id, [5], "timeout", now, due=now + DAY_MS, rest_until=0, dead_before=0
        )
        if failures == 2:  # a hiccup: what failed keeps its place
            store.deliveries.delivered(made.id, [GREETING], "200", now, 0)
            assert store.deliveries.due(made.id, now, 10) == []
    store.deliveries.failed(
        made.id, [5], "timeout", now, due=now + DAY_MS, rest_until=0, dead_before=0
    )
    store.deliveries.queue([(made.id, 6)], 7)
    store.deliveries.delivered(made.id, [6], "200", now, 0)

    assert [one.index for one in store.deliveries.due(made.id, now, 10)] == [5]
    assert store.webhooks.get(made.id).failures == 0


def test_what_nobody_takes_for_days_is_given_up(store: Store) -> None:
    made = add(store)
    store.deliveries.queue([(made.id, 5)], 6)
    now = clock(store) + DAY_MS

    dead = store.deliveries.failed(
        made.id, [GREETING, 5], "timeout", now, due=now, rest_until=0, dead_before=now
    )

    assert dead == 2
    assert waiting(store, made.id) == []
    assert store.deliveries.counts([made.id]) == {made.id: {"dead": 2}}


def test_one_that_is_stopped_is_sent_nothing_more(store: Store) -> None:
    made = add(store)
    assert store.webhooks.stop(made.id, "gone") == 1

    assert store.webhooks.running() == []
    assert store.webhooks.get(made.id).ended == "gone"
    assert waiting(store, made.id) == []


def test_a_replay_goes_on_in_stretches_and_takes_in_what_was_settled(store: Store) -> None:
    made = add(store)
    store.deliveries.queue([(made.id, 2)], 3)
    store.deliveries.delivered(made.id, [GREETING, 2], "200", clock(store), 0)
    store.webhooks.replay(made.id, 1, 10)
    with pytest.raises(ConflictError, match="under way"):
        store.webhooks.replay(made.id, 1, 2)

    store.deliveries.requeue(made.id, [2], 4, 10)
    assert store.webhooks.get(made.id).replay == (4, 10)
    store.deliveries.requeue(made.id, [7], 10, 10)

    assert store.webhooks.get(made.id).replay is None
    assert waiting(store, made.id) == [2, 7]
    store.webhooks.replay(made.id, 1, 2)


def test_what_was_settled_long_ago_is_forgotten_and_what_waits_is_not(store: Store) -> None:
    made = add(store)
    store.deliveries.queue([(made.id, 2)], 3)
    now = clock(store)
    store.deliveries.delivered(made.id, [GREETING], "200", now - DAY_MS, 0)

    assert store.deliveries.tidy(now - DAY_MS) == 0
    assert store.deliveries.tidy(now) == 1
    assert waiting(store, made.id) == [2]


def test_what_is_dropped_is_not_sent(store: Store) -> None:
    made = add(store)
    store.deliveries.drop(made.id, [GREETING], "nothing to tell", clock(store))

    assert store.deliveries.counts([made.id]) == {made.id: {"dropped": 1}}


def test_the_places_of_types_are_found_in_a_range(log: Log) -> None:
    store, writer = log
    before = store.head().size
    store.append([writer.draft(kind) for kind in ("menu", "demand-plan", "menu")])

    assert store.places_of(["menu"], before, before + 3) == [before, before + 2]
    assert store.places_of(["menu"], before + 1, before + 2) == []
    assert store.committed_size() == before + 3


def test_a_question_for_what_is_due_uses_its_index(tmp_path: Path) -> None:
    store, _ = new_log(f"sqlite:///{tmp_path / 'log.db'}", tmp_path)
    query = (
        "SELECT \"index\" FROM webhook_deliveries WHERE webhook_deliveries.state = 'pending' "
        "AND webhook = 'x' AND due_ms <= 5 ORDER BY due_ms, \"index\" LIMIT 5"
    )
    with store.engine.connect() as connection:
        plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
    store.close()

    assert "webhook_deliveries_due" in plan
    assert "TEMP B-TREE" not in plan
