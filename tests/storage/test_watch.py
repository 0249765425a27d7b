"""What an operator watches, on both databases."""

from pathlib import Path

import logs
import pytest

from ledger.errors import UnavailableError
from storage.database import open_engine
from storage.watch import Watch


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


def test_a_database_that_does_not_answer_is_counted() -> None:
    engine = open_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    watch = Watch(engine)

    with pytest.raises(UnavailableError):
        watch.look()

    assert watch.failures >= 1
    engine.dispose()
