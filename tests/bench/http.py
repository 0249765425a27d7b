"""Posting over HTTP: single records beside a bare endpoint, and batches."""

import asyncio
import itertools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from components.postgres import postgres
from components.service import Service
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from devices.client import Evidence, MealtraceClient, SigningKey
from ledger.evidence.examples import school_day
from tests.bench import load
from tests.bench.bare import bare
from tests.bench.processor import peak_mib
from tests.bench.workload import Gateway, open_gateway

CLIENTS = 64
SINGLE_S = 15
ROUND = 1500
"""Records between two looks at the floor."""


def single(share: float, *, database: str) -> dict[str, Any]:
    """Single records, 64 clients: requests a second of the service and of the bare endpoint."""
    with tempfile.TemporaryDirectory(prefix="mealtrace-bench-") as folder:
        if database == "sqlite":
            with Service(Path(folder) / "home") as service:
                gateway = open_gateway(service)
                return _single([service.port], gateway, share)
        with postgres() as cluster:
            home = Path(folder) / "home"
            settings = {
                "MEALTRACE_DATABASE_URL": cluster.create_database("bench"),
                "MEALTRACE_CHAIN": "none",
            }
            first = Service(home, settings).found()
            second = Service(home, settings)
            with first, second:
                gateway = open_gateway(first)
                return _single([first.port, second.port], gateway, share)


def _single(ports: list[int], gateway: Gateway, share: float) -> dict[str, Any]:
    count = max(CLIENTS, round(min(1.0, 5 * share) * ROUND))
    warm = _requests(gateway, ports[0], itertools.islice(gateway.bodies(), count // 5))
    first = asyncio.run(load.drive(ports[0], iter(warm), clients=CLIENTS))
    ours: list[load.Run] = []
    floor: list[load.Run] = []
    start = 1_000
    with bare(len(ports), first.answer_bytes) as bare_ports:
        deadline = time.monotonic() + share * SINGLE_S
        while time.monotonic() < deadline or len(ours) < 3:
            bodies = list(itertools.islice(gateway.bodies(start), count))
            start += count
            ours.append(_drive(ports, gateway, bodies))
            floor.append(_drive(bare_ports, gateway, bodies))
    ratios = [a.per_s / b.per_s for a, b in zip(ours, floor, strict=True)]
    return {
        "records_per_s": round(statistics.median(run.per_s for run in ours)),
        "bare_per_s": round(statistics.median(run.per_s for run in floor)),
        "ratio": round(statistics.median(ratios), 3),
        "p99_ms": round(statistics.median(run.percentile_ms(0.99) for run in ours), 1),
        "refused": sum(run.errors for run in ours),
        "processes": len(ports),
    }


def _drive(ports: list[int], gateway: Gateway, bodies: list[bytes]) -> load.Run:
    async def run() -> load.Run:
        shares = [bodies[place :: len(ports)] for place in range(len(ports))]
        began = time.perf_counter()
        runs = await asyncio.gather(
            *(
                load.drive(
                    port,
                    iter(_requests(gateway, port, iter(share))),
                    clients=CLIENTS // len(ports),
                )
                for port, share in zip(ports, shares, strict=True)
            )
        )
        whole = load.Run(seconds=time.perf_counter() - began)
        for one in runs:
            whole.latencies_s += one.latencies_s
            whole.statuses += one.statuses
        return whole

    return asyncio.run(run())


def _requests(gateway: Gateway, port: int, bodies: Iterator[bytes]) -> list[bytes]:
    return [load.request("/v1/records", body, gateway.headers, port=port) for body in bodies]


def batch(records: int, *, receipts: str, signed: bool = False) -> dict[str, Any]:
    """Batches of 10,000 lines into one process on SQLite: records a second."""
    authority = SigningKey.generate()
    with tempfile.TemporaryDirectory(prefix="mealtrace-bench-") as folder:
        vouching = Path(folder) / "authorities.json"
        vouching.write_text(
            json.dumps([{"party": school_day.ADMISSION, "jwk": authority.public_jwk}])
        )
        settings = {"MEALTRACE_AUTHORITIES_FILE": str(vouching)}
        with Service(Path(folder) / "home", settings) as service:
            gateway = open_gateway(service, authority=authority, signs=signed)
            lines = _lines(service, gateway, min(records, 10_000))
            assert service.process is not None
            memory: list[int] = []
            seconds, stored = 0.0, 0
            while stored < records:
                body = b"\n".join(next(lines)) + b"\n"
                began = time.perf_counter()
                stored += _send(service, gateway, body, receipts)
                seconds += time.perf_counter() - began
                memory.append(peak_mib(service.process.pid))
            return {
                "records_per_s": round(stored / seconds),
                "records": stored,
                "peak_mib_after_a_tenth": memory[(len(memory) - 1) // 10],
                "peak_mib": memory[-1],
            }


def _lines(service: Service, gateway: Gateway, size: int) -> Iterator[list[bytes]]:
    start = 1_000_000
    with MealtraceClient(service.url, gateway.token, party=school_day.GATEWAY) as client:
        while True:
            if gateway.key is None:
                yield list(itertools.islice(gateway.bodies(start), size))
            else:
                requests = itertools.islice(gateway.requests(start), size)
                yield [_signed(client, gateway, request) for request in requests]
            start += size


def _signed(client: MealtraceClient, gateway: Gateway, request: dict[str, Any]) -> bytes:
    payload = dict(request["payload"])
    payload["blobs"] = request.get("blobs", [])
    evidence = Evidence(
        request["type"], payload, request["occurred_at"], id=request["id"], key=gateway.key
    )
    return client.ready(evidence).body


def _send(service: Service, gateway: Gateway, body: bytes, receipts: str) -> int:
    headers = {**gateway.headers, "content-type": "application/x-ndjson"}
    answer = httpx.post(
        f"{service.url}/v1/records:batch",
        params={"receipts": "compact"} if receipts == "compact" else {},
        content=body,
        headers=headers,
        timeout=300,
    )
    last = json.loads(answer.content.rstrip().rsplit(b"\n", 1)[-1])
    if not last.get("end") or last["refused"]:
        raise RuntimeError(f"the batch was not stored: {answer.content[:600]!r}")
    return int(last["stored"])


def verification_rate(seconds: float) -> float:
    """Raw Ed25519 verifications a second in one thread, with `cryptography` alone."""
    key = Ed25519PrivateKey.generate()
    public, message = key.public_key(), os.urandom(700)
    signature = key.sign(message)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for _ in range(200):
            public.verify(signature, message)
        done += 200
    return done / (time.perf_counter() - began)
