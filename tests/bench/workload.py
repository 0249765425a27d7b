"""The records the benches post: weigh-ins of one gateway, as its type's own example, renumbered."""

import itertools
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import httpx
from components.service import Service

from api.installation import open_installation
from api.settings import Settings
from devices.client import Evidence, MealtraceClient, SigningKey, uuid7
from ledger.evidence.catalogue import get
from ledger.evidence.examples import school_day
from ledger.merkle import leaf_hash

OCCURRED = "2026-11-23T06:12:11.120Z"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Who posts: a party with a token, a device, an uploaded photo, and maybe a key."""

    url: str
    token: str
    example: dict[str, Any]
    key: SigningKey | None

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "content-type": "application/json"}

    def requests(self, start: int = 0) -> Iterator[dict[str, Any]]:
        """Requests without end, each of its own id and counter."""
        for number in itertools.count(start):
            payload = {**self.example["payload"], "counter": number}
            yield {
                **self.example,
                "id": uuid7(time.time_ns() // 1_000_000, os.urandom(10)),
                "payload": payload,
            }

    def bodies(self, start: int = 0) -> Iterator[bytes]:
        """The same as bytes."""
        for request in self.requests(start):
            yield json.dumps(request, separators=(",", ":"), ensure_ascii=False).encode()


def open_gateway(
    service: Service, *, authority: SigningKey | None = None, signs: bool = False
) -> Gateway:
    """Register the example's gateway on a fresh service, with a token and its photo."""
    example = dict(get("weigh-in").example)
    for name in ("id", "signature", "seed"):
        example.pop(name, None)
    with MealtraceClient(service.url, service.admin_token) as admin:
        for result in admin.post_many(
            [
                Evidence("party-registration", {"party": party, "name": "bench"}, OCCURRED)
                for party in (school_day.GATEWAY, school_day.SCHOOL, school_day.ADMISSION)
            ]
            + [
                Evidence(
                    "device-registration",
                    {
                        "device": school_day.SCALE,
                        "owner": school_day.SCHOOL,
                        "gateway": school_day.GATEWAY,
                        "kind": "scale",
                        "model": "XK3190",
                        "serial": "1",
                    },
                    OCCURRED,
                )
            ]
        ):
            if result.receipt is None:
                raise RuntimeError(f"setting up: {result.problem}")
    key = SigningKey.generate() if signs else None
    if key is not None:
        assert authority is not None
        _register(service, key, authority)
    token = new_token(service, school_day.GATEWAY)
    with MealtraceClient(service.url, token, party=school_day.GATEWAY) as gateway:
        for blob in example.get("blobs", []):
            gateway.upload(school_day.FILES[blob["sha256"]], blob["media_type"])
    example["issuer"] = school_day.GATEWAY
    return Gateway(service.url, token, example, key)


def another_process(gateway: Gateway, url: str) -> Gateway:
    """The same gateway, posting to another process of the same log."""
    return replace(gateway, url=url)


def new_token(service: Service, party: str) -> str:
    """A token that may post and read, without a process of its own for it."""
    with closing(open_installation(settings_of(service), read_only=True)) as opened:
        token, _ = opened.store.tokens.issue(party, ("post", "read"))
        return token


def settings_of(service: Service) -> Settings:
    """What the service was started with, for whoever opens the same installation beside it."""
    given: dict[str, Any] = {
        name.removeprefix("MEALTRACE_").lower(): value
        for name, value in service.environment.items()
        if name.startswith("MEALTRACE_")
    }
    return Settings(**given)


def _register(service: Service, key: SigningKey, authority: SigningKey) -> None:
    answer = httpx.get(
        f"{service.url}/tile/entries/000.p/1",
        headers={"authorization": f"Bearer {service.admin_token}"},
    )
    genesis = leaf_hash(answer.raise_for_status().content[2:])
    token = new_token(service, school_day.ADMISSION)
    with MealtraceClient(service.url, token, party=school_day.ADMISSION) as bureau:
        bureau.post(
            "key-registration",
            {
                "party": school_day.GATEWAY,
                "jwk": key.public_jwk,
                "possession": key.possession(genesis, school_day.GATEWAY),
            },
            occurred_at=OCCURRED,
            key=authority,
        )
