"""An audit of one log: entries a second for the log alone, with payloads, and by two jobs."""

import itertools
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.audit.local import audit
from api.founding import found
from api.settings import Settings
from ledger.evidence.catalogue import get
from ledger.evidence.draft import Draft, prepare
from ledger.evidence.examples import school_day
from storage.store import Store

_BATCH = 1000
OCCURRED = "2026-11-23T06:12:11.120Z"


def audits(size: int) -> dict[str, Any]:
    """Rates over a log of about `size` weigh-ins; `linear` is time per entry beside half of it."""
    with tempfile.TemporaryDirectory(prefix="mealtrace-bench-") as folder:
        settings = Settings(home=Path(folder), chain="none", log_level="error")
        installation = found(settings)
        try:
            drafts = _drafts(installation.store, settings.operator)
            _fill(installation.store, drafts, size // 2)
            half = _seconds_an_entry(settings, jobs=1, payloads=False)
            _fill(installation.store, drafts, size - size // 2)
        finally:
            installation.close()
        log = _seconds_an_entry(settings, jobs=1, payloads=False)
        one = _seconds_an_entry(settings, jobs=1, payloads=True)
        two = _seconds_an_entry(settings, jobs=2, payloads=True)
    return {
        "log_per_s": round(1 / log),
        "payloads_per_s": round(1 / one),
        "two_jobs_ratio": round(one / two, 2),
        "linear": round(log / half, 2),
    }


def _seconds_an_entry(settings: Settings, *, jobs: int, payloads: bool) -> float:
    report = audit(settings, jobs=jobs, payloads=payloads)
    if report.findings:
        raise RuntimeError(f"the audit found something: {report.findings[0]}")
    return report.seconds / report.size


def _fill(store: Store, drafts: Iterator[Draft], count: int) -> None:
    while count > 0:
        batch = list(itertools.islice(drafts, min(count, _BATCH)))
        _append(store, batch)
        count -= len(batch)


def _append(store: Store, batch: list[Draft]) -> None:
    for outcome in store.append(batch):
        if isinstance(outcome, Exception):
            raise outcome


def _drafts(store: Store, operator: str) -> Iterator[Draft]:
    """The example's gateway with its device and photo, registered; then its weigh-ins."""
    ledger = store.genesis_leaf_hash()

    def draft(submitter: str, request: dict[str, Any]) -> Draft:
        whole = {"occurred_at": OCCURRED, **request, "id": str(uuid.uuid4())}
        return prepare(whole, submitter=submitter, ledger=ledger, new_seed=os.urandom(32))

    parties = (school_day.GATEWAY, school_day.SCHOOL)
    device = {
        "device": school_day.SCALE,
        "owner": school_day.SCHOOL,
        "gateway": school_day.GATEWAY,
        "kind": "scale",
        "model": "XK3190",
        "serial": "1",
    }
    registrations = [("party-registration", {"party": name, "name": "bench"}) for name in parties]
    _append(
        store,
        [
            draft(operator, {"type": name, "payload": payload})
            for name, payload in [*registrations, ("device-registration", device)]
        ],
    )
    example = dict(get("weigh-in").example)
    for blob in example["blobs"]:
        upload = store.uploads.begin(school_day.GATEWAY, blob["media_type"])
        upload.write(school_day.FILES[blob["sha256"]])
        upload.finish()
    example["issuer"] = school_day.GATEWAY
    for number in itertools.count():
        payload = {**example["payload"], "counter": number}
        yield draft(school_day.GATEWAY, {**example, "payload": payload})
