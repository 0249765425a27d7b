"""A service told to end under load: who was promised something has it, and it does end."""

import http.client
import json
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from components.posting import Crowd, open_bank, payment
from components.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def end(service: Service, number: int = signal.SIGTERM) -> tuple[int, float]:
    """Tell it to end; its exit code, and how long that took."""
    assert service.process is not None
    began = time.monotonic()
    code = service.process.stop(number, timeout_s=60)
    service.process = None
    return code, time.monotonic() - began


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_under_load_what_was_taken_in_is_answered_and_what_arrives_is_refused(
    tmp_path: Path, number: int
) -> None:
    service = Service(tmp_path, {"MEALTRACE_DRAIN_S": "1.5"}).start()
    token = open_bank(service)
    crowd = Crowd([service.port], token, threads=8)
    crowd.start()
    time.sleep(1)
    before = len(crowd.acknowledged)

    code, took_s = end(service, number)
    crowd.stop()

    assert code == 0
    assert took_s < 12
    assert before > 0
    assert crowd.statuses.keys() == {201, 503}
    with service:
        for record_id, receipt in list(crowd.acknowledged.items())[-200:]:
            status, again = service.call(
                "POST", "/v1/records", token=token, body=crowd.sent[record_id]
            )
            assert (status, again["index"]) == (200, receipt["index"])
    assert service.cli("audit", check=False).returncode == 0


def test_while_it_drains_a_balancer_sees_a_process_that_lives_and_is_not_ready(
    tmp_path: Path,
) -> None:
    service = Service(tmp_path, {"MEALTRACE_DRAIN_S": "2"}).start()
    ending = threading.Thread(target=end, args=(service,))
    ending.start()
    time.sleep(0.7)

    assert urllib.request.urlopen(f"{service.url}/healthz", timeout=5).status == 200
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{service.url}/readyz", timeout=5)
    assert refused.value.code == 503
    assert int(refused.value.headers["retry-after"]) >= 1
    assert json.loads(refused.value.read())["type"] == "urn:mealtrace:problem:unavailable"
    ending.join()


def test_a_database_that_hangs_does_not_keep_the_process(tmp_path: Path, postgres_url: str) -> None:
    settings = {
        "MEALTRACE_CHAIN": "none",
        "MEALTRACE_DATABASE_URL": postgres_url,
        "MEALTRACE_DRAIN_S": "0.2",
        "MEALTRACE_SHUTDOWN_S": "1",
    }
    service = Service(tmp_path, settings).found().start()
    token = open_bank(service)
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        connection.execute("SELECT * FROM log_head FOR UPDATE")
        waiting = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        waiting.request("POST", "/v1/records", json.dumps(payment("waits")), headers)
        time.sleep(0.5)
        code, took_s = end(service)

    assert code == 1
    assert 8 < took_s < 15
    assert "left behind" in service.log.read_text()
    waiting.close()
