"""Two services on one database share a token's rate, and keep to it when the database is gone."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from components.postgres import Cluster, postgres
from components.process import free_port
from components.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

RATE = 40
NOWHERE = "/v1/records/00000000-0000-4000-8000-000000000000"
PARTY = "auditor:11210500MB1234567U~first"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster of the test's own, which it stops."""
    with postgres() as running:
        yield running


@pytest.fixture
def pair(tmp_path: Path, cluster: Cluster) -> Iterator[tuple[Service, Service, str]]:
    """Two processes of one log, and a token that may ask `RATE` times a second."""
    settings = {
        "MEALTRACE_CHAIN": "none",
        "MEALTRACE_DATABASE_URL": cluster.create_database("rates"),
        "MEALTRACE_OPEN_REQUESTS_PER_S": "1000",
        "MEALTRACE_TOKEN_CACHE_S": "60",
    }
    with Service(tmp_path, settings).found() as first:
        port = free_port()
        second = Service(tmp_path, {**first.environment, "MEALTRACE_PORT": str(port)})
        second.port = port
        with second:
            made = first.cli("tokens", "create", PARTY, "--scope", "read", "--rate", str(RATE))
            token = next(word for word in made.stdout.split() if word.startswith("mt_"))
            yield first, second, token


def ask(ports: list[int], token: str, seconds: float) -> Counter[int]:
    """Ask all processes as fast as two connections to each can; the statuses answered."""
    statuses: Counter[int] = Counter()
    end = threading.Event()

    def run(port: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while not end.is_set():
            connection.request("GET", NOWHERE, headers={"authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
            if answer.status == 429:
                assert int(answer.headers["retry-after"]) >= 1
            time.sleep(0.002)
        connection.close()

    threads = [threading.Thread(target=run, args=(port,)) for port in ports * 2]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    end.set()
    for thread in threads:
        thread.join()
    return statuses


def test_two_processes_let_through_one_rate(pair: tuple[Service, Service, str]) -> None:
    first, second, token = pair
    time.sleep(1.5)  # they come to know each other

    seconds = 10.0
    both = ask([first.port, second.port], token, seconds)
    time.sleep(2)
    alone = ask([first.port], token, 5.0)

    let_through = sum(count for status, count in both.items() if status != 429)
    assert both[429] > let_through
    assert 0.8 * RATE * seconds < let_through < 1.3 * RATE * seconds + RATE
    # A client that comes to one process only gets the whole of it there.
    assert 0.8 * RATE * 5 < sum(n for status, n in alone.items() if status != 429) < 1.3 * RATE * 6


def test_without_the_database_each_keeps_to_its_part(
    pair: tuple[Service, Service, str], cluster: Cluster
) -> None:
    first, second, token = pair
    time.sleep(1.5)
    ask([first.port, second.port], token, 0.5)
    cluster.kill()
    time.sleep(4)

    seconds = 6.0
    away = ask([first.port, second.port], token, seconds)
    cluster.start()
    time.sleep(6)
    back = ask([first.port, second.port], token, seconds)

    let_through = sum(count for status, count in away.items() if status != 429)
    assert away[503] == let_through > 0.7 * RATE * seconds
    assert let_through < 1.2 * RATE * (seconds + 1)
    assert 0.8 * RATE * seconds < sum(n for s, n in back.items() if s != 429) < 1.3 * RATE * 7
