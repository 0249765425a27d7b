"""Three hundred schools at once: after an outage, on a day, and without a pause.

    python -m tests.bench scale [--seconds N] [--share S] [--outage N] [--schools N] [ROW …]

Load is made up of single records: every gateway has one connection and a token of its own, half of
them to either process. A gateway that drains its outbox with `records:batch` costs the service less
for each record. Where latencies are told they count from the moment at which a request was to be
sent, whether or not its connection was free then: a service that stalls is charged with all who
waited for it.
"""

import argparse
import asyncio
import json
import os
import platform
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

import httpx

from devices.client import AsyncMealtraceClient, Blob, Evidence, Patience
from tests.bench import load
from tests.bench.bare import bare
from tests.bench.fleet import SCHOOLS, Fleet, Gateway, open_fleet
from tests.bench.load import STORED, Run

ROOT = Path(__file__).resolve().parents[2]
PHOTO_BYTES = 150_000
DAY_RECORDS = 200
"""Records of one school's day; every third has a photo of its own."""
WANTED_PER_S = 1000
"""What two processes must sustain; latency is asked for at half of it."""
HALF_S = 120
TIGHT_QUEUE = 32


class Connection:
    """One kept-alive connection; requests go one after another."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._streams: load.Streams | None = None

    async def post(self, path: str, body: bytes, headers: dict[str, str], run: Run) -> int:
        """Send and wait; the status, counted in `run`."""
        status = 0
        # A connection kept alive may have been closed by the other side while it was idle.
        for fresh in (self._streams is None, True):
            try:
                status = await self._once(path, body, headers, run)
                break
            except (OSError, asyncio.IncompleteReadError):
                self.close()
                if fresh:
                    break
        run.statuses[status] += 1
        return status

    async def _once(self, path: str, body: bytes, headers: dict[str, str], run: Run) -> int:
        if self._streams is None:
            self._streams = await load.connect(self.port)
        raw = load.request(path, body, headers, port=self.port)
        status, answer = await load.exchange(self._streams, raw)
        run.answer_bytes = len(answer)
        if status not in STORED and not run.problem:
            run.problem = answer[:400].decode(errors="replace")
        return status

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def reconnect(fleet: Fleet, outage_s: float, *, queue_records: int) -> dict[str, Any]:
    """Both processes are gone, and every gateway has one to five records waiting.

    The gateways use the client library as integrators do, and wait as it waits. Then both processes
    are started; time counts from when the first one is ready.
    """
    for service in fleet.services:
        service.kill()
        service.environment["MEALTRACE_QUEUE_RECORDS"] = str(queue_records)
    waiting = [1 + gateway.number % 5 for gateway in fleet.gateways]
    statuses: Counter[int] = Counter()
    done_at: list[float] = []
    ready_at: list[float] = []

    async def note(response: httpx.Response) -> None:
        statuses[response.status_code] += 1

    async def drain(gateway: Gateway, count: int) -> None:
        patience = Patience(attempts=1_000_000)
        url = fleet.services[gateway.number % 2].url
        async with AsyncMealtraceClient(
            url, gateway.token, party=gateway.party, patience=patience
        ) as client:
            client._http.event_hooks["response"].append(note)
            for _ in range(count):
                await client.post_evidence(_evidence(gateway))
        done_at.append(time.perf_counter())

    async def start() -> None:
        await asyncio.sleep(outage_s)
        starting = [asyncio.to_thread(service.start) for service in fleet.services]
        for started in asyncio.as_completed(starting):
            await started
            ready_at.append(time.perf_counter())

    async def everybody() -> None:
        drains = (drain(*one) for one in zip(fleet.gateways, waiting, strict=True))
        await asyncio.gather(start(), *drains)

    asyncio.run(everybody())
    after = sorted(max(0.0, at - ready_at[0]) for at in done_at)
    return {
        "clients": len(fleet.gateways),
        "records": sum(waiting),
        "queue_records": queue_records,
        "stored": statuses[201],
        "answers_429": statuses[429],
        "answers_503": statuses[503],
        "other_answers": sum(statuses.values())
        - sum(statuses[status] for status in (200, 201, 429, 503)),
        "half_done_s": round(statistics.median(after), 2),
        "last_done_s": round(after[-1], 2),
    }


def day(fleet: Fleet, share: float) -> dict[str, Any]:
    """Every school's day, as fast as it goes: 200 records, 67 of them with a photo of 150 kB."""
    records = max(3, round(DAY_RECORDS * share))
    run, blobs = Run(), Run()

    async def live(gateway: Gateway) -> None:
        connection = Connection(fleet.ports[gateway.number % 2])
        image = {**gateway.headers, "content-type": "image/jpeg"}
        for number in range(records):
            photo = None
            began = time.perf_counter()
            if number % 3 == 0:
                data = b"\xff\xd8\xff\xe0" + os.urandom(PHOTO_BYTES)
                await _until_stored(connection, "/v1/blobs", data, image, blobs)
                photo = (sha256(data).hexdigest(), len(data))
            body = gateway.body(photo)
            await _until_stored(connection, "/v1/records", body, gateway.headers, run)
            run.latencies_s.append(time.perf_counter() - began)
        connection.close()

    async def everybody() -> None:
        await asyncio.gather(*(live(gateway) for gateway in fleet.gateways))

    with fleet.counted() as found:
        began = time.perf_counter()
        asyncio.run(everybody())
        run.seconds = time.perf_counter() - began
    return {
        **_told(run),
        "photos": blobs.stored,
        "photos_refused_for_now": blobs.errors,
        **found,
        **_each(found, run.stored),
    }


async def _until_stored(
    connection: Connection, path: str, body: bytes, headers: dict[str, str], run: Run
) -> None:
    status = 0
    while status not in STORED:
        status = await connection.post(path, body, headers, run)
        if status in {0, 429, 503}:
            await asyncio.sleep(random.uniform(0.5, 1.5))
        elif status not in STORED:
            raise RuntimeError(f"{path} gave {status}: {run.problem}")


def sustained(fleet: Fleet, seconds: float) -> dict[str, Any]:
    """As fast as 300 gateways post one at a time; then half of what is wanted, on time."""
    with fleet.counted() as found:
        full = asyncio.run(_closed(fleet, fleet.ports, seconds))
    # The floor gets what it needs to settle, not the whole time again.
    with bare(len(fleet.ports), full.answer_bytes) as ports:
        floor = asyncio.run(_closed(fleet, ports, min(seconds, 15)))
    if not full.per_s:
        raise RuntimeError(f"nothing was stored: {full.problem}")
    rate = min(WANTED_PER_S, full.per_s) / 2
    half = asyncio.run(_open(fleet, rate, min(seconds, HALF_S)))
    return {
        **_told(full),
        "bare_per_s": round(floor.per_s),
        "ratio": round(full.per_s / floor.per_s, 3),
        "half_rate": {"wanted_per_s": round(rate), **_told(half)},
        **found,
        **_each(found, full.stored),
    }


async def _closed(fleet: Fleet, ports: list[int], seconds: float) -> Run:
    """Every gateway sends its next record when the last was answered."""
    run, began = Run(), time.perf_counter()

    async def post(gateway: Gateway) -> None:
        connection = Connection(ports[gateway.number % len(ports)])
        while (sent := time.perf_counter()) < began + seconds:
            await connection.post("/v1/records", gateway.body(), gateway.headers, run)
            run.latencies_s.append(time.perf_counter() - sent)
        connection.close()

    await asyncio.gather(*(post(gateway) for gateway in fleet.gateways))
    run.seconds = time.perf_counter() - began
    return run


async def _open(fleet: Fleet, per_s: float, seconds: float) -> Run:
    """Every gateway's records are due at random times, whatever became of the one before."""
    run, began = Run(), time.perf_counter() + 0.2
    draw = random.Random(7)
    own_per_s = per_s / len(fleet.gateways)

    async def post(gateway: Gateway, due_s: list[float]) -> None:
        connection = Connection(fleet.ports[gateway.number % 2])
        for at in due_s:
            due = began + at
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await connection.post("/v1/records", gateway.body(), gateway.headers, run)
            run.latencies_s.append(time.perf_counter() - due)
        connection.close()

    plans = []
    for gateway in fleet.gateways:
        due_s, at = [], draw.expovariate(own_per_s)
        while at < seconds:
            due_s.append(at)
            at += draw.expovariate(own_per_s)
        plans.append(post(gateway, due_s))
    await asyncio.gather(*plans)
    run.seconds = time.perf_counter() - began
    return run


def _told(run: Run) -> dict[str, Any]:
    return {
        "per_s": round(run.per_s),
        "p50_ms": round(run.percentile_ms(0.5), 1),
        "p99_ms": round(run.percentile_ms(0.99), 1),
        "worst_ms": round(run.percentile_ms(1), 1),
        "requests": len(run.latencies_s),
        "errors": run.errors,
        "first_error": run.problem,
    }


def _each(found: dict[str, Any], stored: int) -> dict[str, Any]:
    """Processor microseconds of every part for one record: what saturates first."""
    each = {name: round(1e6 * spent / stored) for name, spent in found["processor_s"].items()}
    return {"processor_us_per_record": each}


def _evidence(gateway: Gateway) -> Evidence:
    request = gateway.request()
    (blob,) = request["blobs"]
    return Evidence(
        request["type"],
        request["payload"],
        request["occurred_at"],
        id=request["id"],
        issuer=gateway.party,
        blobs={"photo": Blob(blob["sha256"], blob["size"], blob["media_type"])},
    )


def main() -> int:
    """Measure, print, write bench-scale.json or what `--output` names."""
    rows = ("reconnect", "reconnect-tight", "day", "sustained")
    parser = argparse.ArgumentParser(description="Three hundred schools on this machine.")
    parser.add_argument("rows", nargs="*", choices=[*rows, []], help="rows to measure; all")
    parser.add_argument("--seconds", type=float, default=600, help="of `sustained`")
    parser.add_argument("--share", type=float, default=1.0, help="of a day's records in `day`")
    parser.add_argument("--outage", type=float, default=5, help="seconds, of `reconnect`")
    parser.add_argument("--schools", type=int, default=SCHOOLS)
    parser.add_argument("--output", type=Path, default=ROOT / "bench-scale.json")
    asked = parser.parse_args()
    results: dict[str, Any] = {
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "asked": {name: getattr(asked, name) for name in ("seconds", "share", "outage", "schools")},
    }
    calls: dict[str, Callable[[Fleet], dict[str, Any]]] = {
        "sustained": lambda fleet: sustained(fleet, asked.seconds),
        "day": lambda fleet: day(fleet, asked.share),
        "reconnect": lambda fleet: reconnect(fleet, asked.outage, queue_records=4096),
        "reconnect-tight": lambda fleet: reconnect(fleet, asked.outage, queue_records=TIGHT_QUEUE),
    }
    with open_fleet(schools=asked.schools) as fleet:
        for name, call in calls.items():
            if asked.rows and name not in asked.rows:
                continue
            before = fleet.size()
            found = call(fleet)
            found["log_grew_by"] = fleet.size() - before
            found["database_bytes_per_record"] = round(fleet.database_bytes() / fleet.size())
            results[name] = found
            print(name, json.dumps(found, indent=2))  # noqa: T201
            asked.output.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
