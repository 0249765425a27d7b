"""What processes tell one another of rates, on both databases."""

from sqlalchemy import text

from storage.database import open_engine
from storage.migrate import migrate
from storage.rates import FORGOTTEN_S, Rates


def test_each_process_hears_what_the_others_told_last(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    here, there = Rates(engine), Rates(engine)

    here.tell("a", {"x": 1})
    there.tell("b", {})
    assert here.hear("a") == {"b": {}}
    assert there.hear("b") == {"a": {"x": 1}}
    here.tell("a", {"x": 7, "y": 2})
    assert there.hear("b") == {"a": {"x": 7, "y": 2}}
    here.leave("a")
    assert there.hear("b") == {}
    engine.dispose()


def test_a_process_that_is_silent_for_long_is_forgotten(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    rates = Rates(engine)
    rates.tell("dead", {"x": 1})
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE serving SET seen_ms = seen_ms - :ms"), {"ms": int(FORGOTTEN_S * 1000)}
        )

    assert rates.hear("alive") == {}
    rates.tell("alive", {})
    with engine.connect() as connection:
        assert connection.execute(text("SELECT process FROM serving")).scalars().all() == ["alive"]
    engine.dispose()
