"""The real service over a real embedded installation, on loopback, with parties to play."""

import copy
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from components.admitting import admission
from components.serving import served

from api.app import create_app
from api.founding import found
from api.settings import Settings
from ledger import timestamp
from ledger.evidence import catalogue
from ledger.evidence.draft import prepare
from ledger.evidence.examples import school_day as day

ALL_SCOPES = ("post", "read", "log:read", "personal", "admin")
OTHER_SCHOOL = "school:2105020002"
PARTIES = {
    day.ADMISSION: ("bureau-admission",),
    day.FUNDS: ("bureau-funds",),
    day.REGULATOR: ("regulator",),
    day.AUDITOR: ("auditor",),
    day.BANK: ("bank",),
    day.SUPPLIER: ("supplier",),
    day.LABOUR: ("labour",),
    day.SCHOOL: ("school", "school-acceptance", "kitchen"),
    OTHER_SCHOOL: ("school", "school-acceptance", "kitchen"),
    day.INTEGRATOR: (),
}
DEVICES = ((day.SCALE, "scale"), (day.CABINET, "cabinet"))


@dataclass
class Running:
    """A service that answers at `url`."""

    settings: Settings
    url: str
    tokens: dict[str, str]
    clients: list[httpx.Client] = field(default_factory=list)

    def as_(self, party: str | None, **headers: str) -> httpx.Client:
        """A client with the party's token."""
        if party is not None:
            headers["Authorization"] = f"Bearer {self.tokens[party]}"
        client = httpx.Client(base_url=self.url, headers=headers, timeout=30)
        self.clients.append(client)
        return client


def example(name: str, **changes: Any) -> dict[str, Any]:
    """The catalogue's example under a new id, with payload members changed (`...` takes one out)."""
    request = copy.deepcopy(dict(catalogue.get(name).example))
    request["id"] = str(uuid.uuid4())
    for member, value in changes.items():
        if value is ...:
            del request["payload"][member]
        else:
            request["payload"][member] = value
    return request


def governance(kind: str, issuer: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": kind,
        "occurred_at": timestamp.format(time.time_ns() // 1_000_000),
        "issuer": issuer,
        "payload": payload,
    }


@contextmanager
def serving(settings: Settings, tokens: dict[str, str]) -> Iterator[Running]:
    """The service in a thread until the block ends."""
    with served(create_app(settings)) as url:
        running = Running(settings, url, tokens)
        yield running
        for client in running.clients:
            client.close()


def settle(settings: Settings) -> dict[str, str]:
    """Register the parties and devices, admit the supplier, upload the files, make tokens."""
    tokens = {}
    admin = f"{settings.operator}~admin"
    with closing(found(settings)) as installation:
        store = installation.store

        said = []

        def say(kind: str, payload: dict[str, Any]) -> None:
            said.append(
                prepare(
                    governance(kind, admin, payload),
                    submitter=admin,
                    ledger=installation.ledger,
                    new_seed=bytes(32),
                )
            )

        for party, roles in PARTIES.items():
            say("party-registration", {"party": party, "name": f"名 {party[-6:]}"})
            for role in roles:
                say("role-grant", {"party": party, "role": role, "granted": True})
        for device, kind in DEVICES:
            say(
                "device-registration",
                {
                    "device": device, "owner": day.SCHOOL, "gateway": day.GATEWAY,
                    "kind": kind, "model": "X", "serial": "1",
                },
            )  # fmt: skip
        said.append(
            prepare(
                admission(),
                submitter=day.ADMISSION,
                ledger=installation.ledger,
                new_seed=bytes(32),
            )
        )
        for outcome in store.append(said):
            assert not isinstance(outcome, Exception), outcome
        for party in (*PARTIES, day.GATEWAY, admin, settings.operator):
            scopes = ALL_SCOPES if party in (admin, day.AUDITOR) else ("post", "read")
            tokens[party], _ = store.tokens.issue(party, scopes, label="test")
        tokens["admin"] = tokens[admin]
        for party in (
            day.SCHOOL, day.GATEWAY, day.SUPPLIER, day.BANK, day.FUNDS, day.ADMISSION,
        ):  # fmt: skip
            for data in day.FILES.values():
                writer = store.uploads.begin(party, "image/jpeg")
                writer.write(data)
                writer.finish()
    return tokens


def embedded(home: Path, **changes: Any) -> Settings:
    return Settings(home=home, disk_reserve_bytes=0, **changes)
