"""The term posted to the real service, whose clock is set to each record's time.

A log's times are its database's, and they decide what is late. So that a term of months takes a
minute, the clock that the append transaction, oversight and its horizon read is the test's own; all
else is the service as it is: HTTP, tokens, models, transaction, rules.
"""

import heapq
import itertools
import json
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

import api.govern
import api.overseeing
import storage.clock
import storage.oversight
from api.app import create_app
from api.founding import found
from api.govern import admin_of, say
from api.installation import Installation
from api.overseeing import Overseer
from api.policies import put_defaults_in_force
from api.settings import Settings
from components.serving import served
from components.term import world
from components.term.generate import Term
from components.term.script import Said
from components.term.world import World
from ledger.statement import ABOUT_A_RECORD

_BATCH = 400
_HOUR_MS = 3_600_000
_OUTBOX_MS = 600_000
READ_ALL = ("read", "log:read", "personal")


@dataclass
class Clock:
    """What time it is in the log."""

    ms: int

    def set_to(self, ms: int) -> None:
        """Never backwards."""
        self.ms = max(self.ms, ms)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Everything that asks for the log's time is told this one."""

        def now(*_: object) -> int:
            return self.ms

        patch.setattr(storage.clock.LogClock, "read", now)
        for module in (storage.oversight, api.overseeing, api.govern):
            patch.setattr(module, "now_ms", now)


@dataclass
class Stage:
    """A service that a term is played on.

    Attributes:
        url: where it answers.
        opened: the same installation, for whoever looks inside.
        clock: its time.
        overseer: follows the log when it is told to.
        tokens: of every party.
        refused: what the service refused: name, problem.
    """

    url: str
    opened: Installation
    clock: Clock
    overseer: Overseer
    tokens: dict[str, str]
    refused: list[tuple[str, Any]] = field(default_factory=list)
    clients: dict[str, httpx.Client] = field(default_factory=dict)

    def as_(self, party: str) -> httpx.Client:
        """A client with the party's token."""
        if party not in self.clients:
            headers = {"Authorization": f"Bearer {self.tokens[party]}"}
            self.clients[party] = httpx.Client(base_url=self.url, headers=headers, timeout=60)
        return self.clients[party]

    def play(self, said: Iterable[Said], answer: "Answer | None" = None) -> None:
        """Post what is said at its times; oversight reads along, an hour at a time.

        Args:
            said: in any order.
            answer: asked, whenever oversight has read along, what is said later because of it.
        """
        order = itertools.count()
        waiting = [(one.at_ms, next(order), one) for one in said]
        heapq.heapify(waiting)
        while waiting:
            hour = waiting[0][0] // _HOUR_MS
            at_once = []
            while waiting and waiting[0][0] // _HOUR_MS == hour:
                at_once.append(heapq.heappop(waiting)[2])
            at_once.sort(key=_together)
            for (at_ms, _, together), same in itertools.groupby(at_once, key=_together):
                self.clock.set_to(at_ms)
                self._post(list(same), atomic=bool(together))
            self.clock.set_to((hour + 1) * _HOUR_MS - 1)
            self.overseer.catch_up()
            for one in answer(self) if answer else ():
                heapq.heappush(waiting, (one.at_ms, next(order), one))

    def until(self, ms: int, answer: "Answer | None" = None) -> None:
        """Nothing more is said until then; what was waited for happens, day by day."""
        while self.clock.ms < ms:
            self.clock.set_to(min(ms, self.clock.ms + 6 * _HOUR_MS))
            self.overseer.catch_up()
            if answer:
                self.play(answer(self), answer)

    def _post(self, said: list[Said], *, atomic: bool) -> None:
        client = self.as_(str(said[0].request["issuer"]))
        for one in said:
            for _, data in one.files:
                media_type = one.request["blobs"][0]["media_type"]
                sent = client.post("/v1/blobs", content=data, headers={"Content-Type": media_type})
                assert sent.status_code == 201, sent.text
        for start in range(0, len(said), _BATCH):
            part = said[start : start + _BATCH]
            for one in part:
                self._name_statements(one)
            body = "\n".join(json.dumps(one.request, ensure_ascii=False) for one in part)
            answer = client.post(
                "/v1/records:batch",
                params={"receipts": "compact", "atomic": atomic},
                content=body.encode(),
                headers={"Content-Type": "application/x-ndjson"},
            )
            assert answer.status_code == 200, answer.text
            lines = [json.loads(line) for line in answer.text.splitlines()]
            for one, line in zip(part, lines[:-1], strict=True):
                if line["status"] != 201:
                    self.refused.append((one.name, line.get("problem")))

    def _name_statements(self, said: Said) -> None:
        """A link about a record gives its statement's digest, which only the log knows."""
        for link in said.request["links"]:
            if link["rel"] in ABOUT_A_RECORD and "sha256" not in link:
                answer = self.as_(world.AUDITOR).get(f"/v1/records/{link['id']}")
                assert answer.status_code == 200, (said.name, answer.text)
                link["sha256"] = answer.json()["statement_sha256"]


Answer = Callable[[Stage], Sequence[Said]]
"""What is said because of what oversight found, each at a time that is still to come."""


def _together(said: Said) -> tuple[int, str, str]:
    """What one party says within ten minutes is posted together, as from a gateway's outbox."""
    at_ms = said.at_ms // _OUTBOX_MS * _OUTBOX_MS + _OUTBOX_MS - 1
    return at_ms, str(said.request["issuer"]), said.together


@contextmanager
def stage(
    home: Path,
    term: Term,
    *,
    families: Any = None,
    rules: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    **changes: Any,
) -> Iterator[Stage]:
    """Found a log before the term, register everybody, put the rules in force, and serve.

    Args:
        home: an empty folder.
        term: that is to be played.
        families: that oversee it; else all of them.
        rules: of a family by its name, in the place of built-in ones.
        changes: of the settings.
    """
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        clock = Clock(term.said[0].at_ms - 24 * _HOUR_MS)
        clock.install(patch)
        settings = Settings(home=home, disk_reserve_bytes=0, chain="none", **changes)
        opened = found(settings)
        stack.callback(opened.close)
        tokens = _register(opened, term.cast)
        for name, own in rules.items():
            policy = {"name": name, "version": 1, "rules": dict(own)}
            say(opened, "policy", policy, issuer=admin_of(opened))
        put_defaults_in_force(opened)
        kwargs = {} if families is None else {"families": families}
        overseer = Overseer(opened, threading.Event(), "term", **kwargs)
        url = stack.enter_context(served(create_app(settings)))
        on_stage = Stage(url, opened, clock, overseer, tokens)
        yield on_stage
        for client in on_stage.clients.values():
            client.close()


def roles(cast: World) -> dict[str, tuple[str, ...]]:
    """Every party and the roles that it is granted."""
    parties: dict[str, tuple[str, ...]] = {
        world.ADMISSION: ("bureau-admission",),
        world.FUNDS: ("bureau-funds",),
        world.REGULATOR: ("regulator",),
        world.AUDITOR: ("auditor",),
        world.BANK: ("bank",),
        cast.labour: ("labour",),
    }
    parties |= {supplier.party: ("supplier",) for supplier in cast.suppliers}
    for school in cast.schools:
        parties[school.party] = ("school", "school-acceptance", "kitchen")
        parties[school.gateway] = ("device", "camera")
    return parties


def _register(opened: Installation, cast: World) -> dict[str, str]:
    admin = admin_of(opened)
    tokens = {}
    for party, granted in roles(cast).items():
        say(opened, "party-registration", {"party": party, "name": party[-8:]}, issuer=admin)
        for role in granted:
            given = {"party": party, "role": role, "granted": True}
            say(opened, "role-grant", given, issuer=admin)
        scopes = ("post", *READ_ALL) if party == world.AUDITOR else ("post", "read")
        tokens[party], _ = opened.store.tokens.issue(party, scopes, label="term")
    for school in cast.schools:
        kinds = {school.scale: "scale", school.cabinet: "cabinet", school.cold_store: "cabinet",
                 school.checker: "checker", f"{school.scale[:-7]}probe-1": "probe",
                 f"camera:{school.gateway.partition(':')[2]}-kitchen-1": "camera"}  # fmt: skip
        for device, kind in kinds.items():
            registration = {"device": device, "owner": school.party, "gateway": school.gateway,
                            "kind": kind, "model": "X", "serial": uuid.uuid4().hex[:8]}  # fmt: skip
            say(opened, "device-registration", registration, issuer=admin)
    return tokens
