"""A school's kitchen floor before a real service: a gateway with its key, and scales bound to it."""

import contextlib
import itertools
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.service import Service
from components.signing import record, registration, signed
from components.stage import Stage, open_stage
from devices.client import Evidence, MealtraceClient, SigningKey, TrustedLog
from ledger.evidence.catalogue import get

SCHOOL = "school:2105020001"
CANTEEN = "canteen:2105020001~01"
GATEWAY = "gateway:s0001"
SCALES = tuple(f"device:s0001-scale-{number}" for number in range(1, 5))
OCCURRED = "2026-11-23T06:12:11.120Z"
JPEG = b"\xff\xd8\xff\xe0"


@dataclass(slots=True)
class Floor:
    """What a gateway needs to post, and what it posts.

    Attributes:
        stage: the running service, with the authority that vouches for keys.
        token: the gateway's, to post and read.
        reader: the school's, which reads whatever concerns it.
        key: the gateway's; registered, unless the floor was opened without.
        log: as the gateway trusts it.
    """

    stage: Stage
    token: str
    reader: str
    key: SigningKey
    log: TrustedLog
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def service(self) -> Service:
        return self.stage.service

    def register_key(self, key: SigningKey | None = None, gateway: str = GATEWAY) -> None:
        """The authority vouches for a gateway's key."""
        post(self.stage, registration(self.stage, gateway, key or self.key))

    def another_gateway(self, name: str) -> tuple[str, tuple[str, ...], str]:
        """One more gateway of the school, without a key yet: party, two scales, token."""
        party = f"gateway:{name}"
        scales = tuple(f"device:{name}-scale-{number}" for number in (1, 2))
        _govern(self.service, "party-registration", {"party": party, "name": party})
        for scale in scales:
            bind(self.service, scale, party)
        return party, scales, self.service.token(party)

    def reading(self) -> MealtraceClient:
        """A client that sees what any gateway of the school has posted."""
        return MealtraceClient(self.service.url, self.reader)

    def weigh_in(self, counter: int, scale: str = SCALES[0], **changes: Any) -> Evidence:
        """A reading with a photo that no other one has."""
        payload = weigh_in_payload(counter, scale)
        photo = JPEG + f"{scale} {counter} {uuid.uuid4()}".encode()
        members: dict[str, Any] = {
            "type": "weigh-in",
            "payload": payload,
            "occurred_at": OCCURRED,
            "blobs": {"photo": (photo, "image/jpeg")},
        }
        return Evidence(**{**members, **changes})

    def logged(self, **filters: str) -> list[tuple[str, int]]:
        """Scale and counter of every weigh-in in the log (`subject` picks a scale), in its order."""
        found = []
        with self.reading() as client:
            for item in client.search(type="weigh-in", limit="500", **filters):
                payload: Any = client.record(str(item["id"]))["payload"]
                found.append((int(str(item["index"])), payload["scale"], payload["counter"]))
        return [(scale, counter) for _, scale, counter in sorted(found)]


def weigh_in_payload(counter: int, scale: str = SCALES[0]) -> dict[str, Any]:
    """What a scale says."""
    example: Mapping[str, Any] = get("weigh-in").example["payload"]
    left = {"supplier", "order", "order_line_no", "lot_no", "attended_by"}
    return {
        **{name: value for name, value in example.items() if name not in left},
        "school": SCHOOL,
        "canteen": CANTEEN,
        "scale": scale,
        "counter": counter,
        "photo_taken_at": OCCURRED,
    }


def post(stage: Stage, request: dict[str, Any]) -> None:
    """Something an authority signed, under the administrator's token."""
    status, answer = stage.service.call(
        "POST", "/v1/records", token=stage.service.token(request["issuer"]), body=request
    )
    if status != 201:
        raise AssertionError(answer)


def bind(service: Service, device: str, gateway: str = GATEWAY) -> None:
    """The operator registers a device behind a gateway."""
    payload = {
        "device": device, "owner": SCHOOL, "gateway": gateway, "kind": "scale", "model": "XK3190",
        "serial": device,
    }  # fmt: skip
    _govern(service, "device-registration", payload)


@contextlib.contextmanager
def open_floor(
    folder: Path, *, key_registered: bool = True, devices: tuple[str, ...] = SCALES
) -> Iterator[Floor]:
    """A service with the school, its gateway and its scales, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_stage(folder) as stage:
        service = stage.service
        for party in (SCHOOL, GATEWAY):
            _govern(service, "party-registration", {"party": party, "name": party})
        for device in devices:
            bind(service, device)
        token = service.token(GATEWAY)
        with MealtraceClient(service.url, token, party=GATEWAY) as client:
            log = client.trusted()
        floor = Floor(stage, token, service.token(SCHOOL), SigningKey.generate(), log)
        if key_registered:
            floor.register_key()
        yield floor


def _govern(service: Service, kind: str, payload: dict[str, Any]) -> None:
    request = {
        "id": str(uuid.uuid4()), "type": kind, "occurred_at": OCCURRED, "payload": payload,
    }  # fmt: skip
    status, answer = service.call("POST", "/v1/records", token=service.admin_token, body=request)
    if status != 201:
        raise AssertionError(json.dumps(answer))


__all__ = [
    "CANTEEN",
    "GATEWAY",
    "SCALES",
    "SCHOOL",
    "Floor",
    "bind",
    "open_floor",
    "post",
    "record",
    "signed",
    "weigh_in_payload",
]
