"""Three hundred schools before two API processes on PostgreSQL and MinIO.

Every school has a gateway of its own with a scale, a token and an uploaded photo. Everything is
real and runs on this machine: so does the load generator, whose processor time is told apart.
"""

import contextlib
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from components import free_port
from components.postgres import Cluster, postgres
from components.s3 import S3Server, minio
from components.service import Service

from api.installation import open_installation
from devices.client import Evidence, MealtraceClient, uuid7
from ledger.evidence.catalogue import get
from tests.bench.processor import peak_mib, processor_s
from tests.bench.workload import settings_of

SCHOOLS = 300
OCCURRED = "2026-11-23T06:12:11.120Z"
PHOTO = b"\xff\xd8\xff\xe0 one photo, uploaded beforehand \xff\xd9"


@dataclass(slots=True)
class Gateway:
    """One school's gateway, which numbers its own records."""

    number: int
    token: str
    sha256: str = ""
    counter: int = 0
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def party(self) -> str:
        return f"gateway:bench-{self.number:03}"

    @property
    def school(self) -> str:
        return f"school:21050{self.number:05}"

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "content-type": "application/json"}

    def request(self, photo: tuple[str, int] | None = None) -> dict[str, Any]:
        """The next weigh-in; without a photo of its own it names the one uploaded beforehand."""
        self.counter += 1
        sha256, size = photo or (self.sha256, len(PHOTO))
        code = self.school.removeprefix("school:")
        order = f"order:{code}~A-{self.counter // 6}"
        return {
            **self.example,
            "id": uuid7(time.time_ns() // 1_000_000, os.urandom(10)),
            "issuer": self.party,
            "payload": {
                **self.example["payload"],
                "school": self.school,
                "canteen": f"canteen:{code}~01",
                "order": order,
                "scale": f"device:bench-{self.number:03}-scale",
                "counter": self.counter,
            },
            "links": [{"rel": "fulfils", "subject": order}],
            "blobs": [
                {"role": "photo", "sha256": sha256, "media_type": "image/jpeg", "size": size}
            ],
        }

    def body(self, photo: tuple[str, int] | None = None) -> bytes:
        """The same as bytes."""
        return json.dumps(self.request(photo), separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(slots=True)
class Fleet:
    """The running parts; `parts` names the processes whose time is counted."""

    cluster: Cluster
    objects: S3Server
    services: list[Service]
    gateways: list[Gateway]

    @property
    def ports(self) -> list[int]:
        return [service.port for service in self.services]

    @property
    def parts(self) -> dict[str, list[int]]:
        running = [service.process for service in self.services if service.process is not None]
        return {
            "api": [process.pid for process in running],
            "postgres": [self.cluster.process.pid],
            "minio": [self.objects.process.pid],
        }

    @contextlib.contextmanager
    def counted(self) -> Iterator[dict[str, Any]]:
        """Processor seconds of every part in the block, the load generator's own too, and peaks."""
        found: dict[str, Any] = {}
        before, own, began = self._times(), _own_s(), time.perf_counter()
        yield found
        after = self._times()
        spent = {name: after[name] - before[name] for name in after}
        spent["generator"] = _own_s() - own
        found["processor_s"] = {name: round(value, 2) for name, value in spent.items()}
        found["wall_s"] = round(time.perf_counter() - began, 2)
        found["peak_mib"] = {
            name: sum(peak_mib(pid) for pid in pids) for name, pids in self.parts.items()
        }

    def database_bytes(self) -> int:
        """Tables and indexes, without the write-ahead log."""
        with psycopg.connect(self.cluster.database_url("fleet").replace("+psycopg", "")) as asking:
            (found,) = asking.execute("SELECT pg_database_size('fleet')").fetchone() or (0,)
            return int(found)

    def size(self) -> int:
        return self.services[0].size()

    def _times(self) -> dict[str, float]:
        return {name: sum(processor_s(pid) for pid in pids) for name, pids in self.parts.items()}


def _own_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


@contextlib.contextmanager
def open_fleet(
    environment: Mapping[str, str] | None = None, *, schools: int = SCHOOLS
) -> Iterator[Fleet]:
    """Start everything, register the schools, and stop it all at the end."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mealtrace-fleet-")))
        cluster = stack.enter_context(postgres(("max_wal_size=4GB",)))
        objects = stack.enter_context(minio())
        home = folder / "home"
        (home / "keys").mkdir(mode=0o700, parents=True)
        secret = home / "keys" / "s3.secret"
        secret.write_text(objects.secret_key)
        secret.chmod(0o600)
        settings = {
            "MEALTRACE_DATABASE_URL": cluster.create_database("fleet"),
            "MEALTRACE_CHAIN": "none",
            "MEALTRACE_S3_ENDPOINT": objects.endpoint,
            "MEALTRACE_S3_ACCESS_KEY": objects.access_key,
            "MEALTRACE_S3_SECURE": "false",
            **(environment or {}),
        }
        first = Service(home, settings).found()
        services = [first, beside(first)]
        for service in services:
            stack.enter_context(service)
        gateways = _register(first, schools)
        yield Fleet(cluster, objects, services, gateways)


def beside(service: Service) -> Service:
    """Another process of the same installation, on a port of its own."""
    port = free_port()
    other = Service(service.home, {**service.environment, "MEALTRACE_PORT": str(port)})
    other.port = port
    return other


def _register(service: Service, schools: int) -> list[Gateway]:
    example = {
        name: value
        for name, value in get("weigh-in").example.items()
        if name in {"type", "occurred_at", "payload"}
    }
    gateways = [Gateway(number, "", example=example) for number in range(schools)]
    said = []
    for gateway in gateways:
        said += [
            Evidence("party-registration", {"party": party, "name": "bench"}, OCCURRED)
            for party in (gateway.party, gateway.school)
        ]
        registration = {
            "device": f"device:bench-{gateway.number:03}-scale",
            "owner": gateway.school,
            "gateway": gateway.party,
            "kind": "scale",
            "model": "XK3190",
            "serial": str(gateway.number),
        }
        said.append(Evidence("device-registration", registration, OCCURRED))
    with MealtraceClient(service.url, service.admin_token) as admin:
        for result in admin.post_many(said):
            if result.receipt is None:
                raise RuntimeError(f"setting up: {result.problem}")
    with closing(open_installation(settings_of(service), read_only=True)) as opened:
        for gateway in gateways:
            gateway.token, _ = opened.store.tokens.issue(gateway.party, ("post", "read"))
            writer = opened.store.uploads.begin(gateway.party, "image/jpeg")
            writer.write(PHOTO)
            gateway.sha256 = writer.finish()
    return gateways
