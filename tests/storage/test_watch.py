"""What an operator watches, on both databases."""

import time
from pathlib import Path

import logs
import pytest

from ledger import timestamp
from ledger.errors import UnavailableError
from storage.database import open_engine
from storage.watch import BACKUP, Watch


def test_a_look_tells_size_anchors_ages_and_leases(url: str, tmp_path: Path) -> None:
    store, _ = logs.new_log(url, tmp_path)
    store.anchors.take_lease("chores", "me", 300)
    watch = Watch(store.engine)

    seen = watch.look()

    assert seen.size == store.head().size
    assert seen.anchored_size == store.head().anchored_size
    assert 0 <= seen.entry_age_s < 60
    assert seen.anchors == {}
    assert seen.leases["chores"] == pytest.approx(300, abs=30)
    assert seen.duty_age_s == {}
    assert watch.failures == 0
    store.close()


def test_a_lease_that_was_given_up_is_seen_until_another_takes_it(url: str, tmp_path: Path) -> None:
    store, _ = logs.new_log(url, tmp_path)
    store.anchors.take_lease("chores", "me", 300)
    store.anchors.drop_lease("chores", "me")
    watch = Watch(store.engine)

    assert -60 < watch.look().leases["chores"] <= 0
    assert store.anchors.take_lease("chores", "another", 300)
    assert watch.look().leases["chores"] == pytest.approx(300, abs=30)
    store.close()


def test_the_age_of_the_backup_counts_from_genesis_until_there_is_one(
    url: str, tmp_path: Path
) -> None:
    store, _ = logs.new_log(url, tmp_path)
    watch = Watch(store.engine)
    assert 0 <= watch.look().backup_age_s < 60

    made_at = timestamp.format(time.time_ns() // 1_000_000 - 3 * 86_400_000)
    store.upkeep.set_chore(BACKUP, {"made_at": made_at, "size": 1})
    assert watch.look().backup_age_s == pytest.approx(3 * 86_400, abs=60)
    store.close()


def test_a_database_that_does_not_answer_is_counted() -> None:
    engine = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    watch = Watch(engine)

    with pytest.raises(UnavailableError):
        watch.look()

    assert watch.failures >= 1
    engine.dispose()
