"""The trace of a supplier's certificate down to every dish: all parts, made, checked and joined."""

import itertools
import json
import os
import resource
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from api import traces
from api.auth import Principal
from api.founding import found
from api.settings import Settings
from ledger import note
from ledger.evidence.catalogue import get
from ledger.evidence.draft import Draft, prepare
from ledger.evidence.examples import school_day
from ledger.trace import check, parts, whole
from ledger.trace.walk import Direction
from storage.store import Store

_CHAIN = (
    "order", "dispatch", "weigh-in", "acceptance", "stock-move", "cooking-step", "meal-service",
)  # fmt: skip
_SCHOOLS = 10
_FIRST_DAY = date(2026, 1, 5)
_EXAMPLE_DAY = date(2026, 11, 23)
_BATCH = 700


def measured(orders: int) -> dict[str, Any]:
    """Time, size and memory of the whole trace down, over a log of seven records an order."""
    with tempfile.TemporaryDirectory(prefix="mealtrace-bench-") as folder:
        settings = Settings(home=Path(folder), chain="none", log_level="error")
        installation = found(settings)
        try:
            store = installation.store
            certificate = _fill(store, settings.operator, orders)
            before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            started = time.perf_counter()
            documents, each_s = _documents(store, certificate)
            seconds = time.perf_counter() - started
            peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib
            return {
                "records": store.head().size,
                "parts": len(documents),
                "seconds": round(seconds, 1),
                "slowest_part_s": round(max(each_s), 2),
                "bytes": sum(map(len, documents)),
                "largest_part_bytes": max(map(len, documents)),
                "grown_kib": peak_kib - sum(map(len, documents)) // 1024,
                **_checked(store, documents),
            }
        finally:
            installation.close()


def _documents(store: Store, certificate: str) -> tuple[list[bytes], list[float]]:
    reader = Principal("none", school_day.AUDITOR, frozenset({"read"}), 1000.0, None)
    name: str | None = parts.FIRST
    documents, each_s = [], []
    while name is not None:
        started = time.perf_counter()
        document = traces.build(
            store, reader, store.record(certificate), directions=[Direction.DOWN], depth=16,
            most=2000, zone="Asia/Shanghai", part=name,
        )  # fmt: skip
        each_s.append(time.perf_counter() - started)
        documents.append(document)
        name = json.loads(document)["next"]
    return documents, each_s


def _checked(store: Store, documents: list[bytes]) -> dict[str, Any]:
    genesis = store.genesis_leaf_hash()
    key = store.registry().standing.log_keys_at(store.head().size)[0]
    started = time.perf_counter()
    dishes: set[str] = set()
    records = stood = 0
    ids: set[str] = set()
    for document in documents:
        found_ = check.check(document, [key], genesis)
        stood += len(found_.nodes)
        ids.update(found_.nodes)
        for node in found_.nodes.values():
            if node.seen.type == "cooking-step":
                dishes.update(name for name in node.seen.mentions if name.startswith("dish:"))
    records = len(ids)
    checked_s = time.perf_counter() - started
    vkey = note.format_vkey(key)
    policy = f"log {vkey}\n# genesis {genesis.hex()}\nquorum none\n".encode()
    started = time.perf_counter()
    verdict = whole.verify(documents, policy)
    return {
        "dishes": len(dishes),
        "in_trace": records,
        "stood": stood,
        "client_checks_s": round(checked_s, 1),
        "verify_s": round(time.perf_counter() - started, 1),
        "verdict": verdict.overall.value,
        "said": verdict.checks[-1].en,
    }


def _fill(store: Store, operator: str, orders: int) -> str:
    """A certificate, and the orders under it with all that came of them; its id."""
    ledger = store.genesis_leaf_hash()

    def draft(submitter: str, request: dict[str, Any]) -> Draft:
        whole_request = {"id": str(uuid.uuid4()), **request}
        return prepare(whole_request, submitter=submitter, ledger=ledger, new_seed=os.urandom(32))

    def say(kind: str, payload: dict[str, Any]) -> Draft:
        at = f"{_FIRST_DAY}T00:00:00Z"
        return draft(operator, {"type": kind, "occurred_at": at, "payload": payload})

    parties: dict[str, tuple[str, ...]] = {
        school_day.SUPPLIER: ("supplier",),
        school_day.ADMISSION: ("bureau-admission",),
        school_day.ENGINE: ("engine",),
        school_day.AUDITOR: ("auditor",),
    }
    devices = []
    for number in range(_SCHOOLS):
        school, gateway = f"school:{_code(number)}", f"gateway:{_box(number)}"
        parties[school] = ("school", "school-acceptance", "kitchen")
        parties[gateway] = ("device",)
        devices.append(
            {"device": f"device:{_box(number)}-scale-1", "owner": school, "gateway": gateway,
             "kind": "scale", "model": "X", "serial": "1"}
        )  # fmt: skip
    said = [say("party-registration", {"party": name, "name": "bench"}) for name in parties]
    said += [
        say("role-grant", {"party": name, "role": role, "granted": True})
        for name, roles in parties.items()
        for role in roles
    ]
    said += [say("device-registration", device) for device in devices]
    _append(store, said)
    for party in parties:
        for data in school_day.FILES.values():
            upload = store.uploads.begin(party, "image/jpeg")
            upload.write(data)
            upload.finish()
    certificate = dict(get("certificate").example)
    admission = json.loads(json.dumps(get("admission").example))
    admission["payload"].update(
        effective_at="2020-01-01T00:00:00Z", term_from="2020-01-01", term_until="2099-12-31"
    )
    _append(store, [draft(str(one["issuer"]), one) for one in (certificate, admission)])
    drafts = (draft(one["issuer"], one) for one in _requests(orders))
    while batch := list(itertools.islice(drafts, _BATCH)):
        _append(store, batch)
    return str(certificate["id"])


def _requests(orders: int) -> Iterator[dict[str, Any]]:
    """An order a school and day, cooked the day it comes; logged day by day."""
    texts = {kind: json.dumps(get(kind).example, ensure_ascii=False) for kind in _CHAIN}
    ids = {str(get(kind).example["id"]): kind for kind in _CHAIN}
    for number in range(orders):
        shift = _FIRST_DAY + timedelta(number // _SCHOOLS) - _EXAMPLE_DAY
        changes = {
            "2105020001": _code(number % _SCHOOLS), "bx-0001": _box(number % _SCHOOLS),
            "A-17": f"A-{number}", "17/3": f"17/{number}", "P-1122": f"P-{number}",
            "Y-9": f"Y-{number}", "20261123-0007": f"M-{number}", "4711": str(number),
        }  # fmt: skip
        for day in range(20, 28):
            on = date(2026, 11, day)
            changes[on.isoformat()] = (on + shift).isoformat()
        for example_id, kind in ids.items():
            changes[example_id] = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {number}"))
        for kind in _CHAIN:
            text = texts[kind]
            for before, after in changes.items():
                text = text.replace(before, after)
            yield json.loads(text)


def _code(number: int) -> str:
    return f"21050200{number + 10}"


def _box(number: int) -> str:
    return f"bx-{number + 7000}"


def _append(store: Store, batch: list[Draft]) -> None:
    for outcome in store.append(batch):
        if isinstance(outcome, Exception):
            raise outcome


if __name__ == "__main__":
    import sys

    print(json.dumps(measured(int(sys.argv[1])), indent=2))  # noqa: T201 - the result
