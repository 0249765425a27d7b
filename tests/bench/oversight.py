"""Oversight from entry 0: how fast a log is told to all rule families, and what that takes.

A term of ten schools, or more for a larger share, is put into SQLite record by record, at its own
times; then all that oversight derives is derived anew, with reading, opening, folding and storing, in
one process that is started for it, as `mealtrace worker` is: the term as it was generated is in
another's memory. Findings are posted before, so that they are records of the log and none is posted
while the clock runs.

The floor is to read, open and parse the same records in the same process, and to ask nothing of them:
it shows how fast the machine is in that hour, and how many times as much the rules take.
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from components.term import play
from components.term.generate import Shape, Term, generate
from components.term.script import Said

from api.founding import found
from api.govern import admin_of, say
from api.installation import Installation, open_installation
from api.overseeing import Overseer
from api.policies import put_defaults_in_force
from api.settings import Settings
from api.uncollected import uncollected
from ledger.evidence.draft import prepare
from ledger.oversight.families import FAMILIES
from tests.bench.processor import high_water_mib

CITY = 12_000_000
"""Records of one city's year: 300 schools, 200 days."""

_BATCH = 500
_STRETCH = 2_000
"""Records that oversight reads at once."""
_DAY_MS = 86_400_000


def oversight(records: int) -> dict[str, Any]:
    """Rates over a term of about so many records; `linear` is time per record beside its half."""
    schools = 10 * max(1, round(records / 120_000))
    weeks = max(2, round(records / (schools * 62 * 5)))
    term = generate(Shape(schools=schools, weeks=weeks, staff=6))
    with _home() as home, pytest.MonkeyPatch.context() as patch:
        clock = play.Clock(term.said[0].at_ms - _DAY_MS)
        clock.install(patch)
        with closing(found(Settings(home=home, chain="none", disk_reserve_bytes=0))) as opened:
            _register(opened, term)
            put_defaults_in_force(opened)
            half = len(term.said) // 2
            _fill(opened, clock, term.said[:half])
            first = _rebuild(opened, clock)
            _fill(opened, clock, term.said[half:])
            clock.set_to(term.said[-1].at_ms + 30 * _DAY_MS)
            whole = _rebuild(opened, clock)
    return {
        "records": whole["records"],
        "records_per_s": whole["records_per_s"],
        "records_per_processor_s": whole["records_per_processor_s"],
        "floor_per_processor_s": whole["floor_per_processor_s"],
        "times_the_floor": round(
            whole["floor_per_processor_s"] / whole["records_per_processor_s"], 2
        ),
        "linear": round(first["records_per_processor_s"] / whole["records_per_processor_s"], 2),
        "findings": whole["findings"],
        "state_keys": whole["state_keys"],
        "state_mib": whole["state_mib"],
        "rows": whole["rows"],
        "rows_mib": whole["rows_mib"],
        "peak_mib": whole["peak_mib"],
        "city_year_s": round(CITY / whole["records_per_s"]),
        "city_rows_gib": round(whole["rows_mib"] / 1024 * CITY / whole["records"], 1),
    }


def _rebuild(opened: Installation, clock: play.Clock) -> dict[str, Any]:
    """Follow the log to its end, then have all of it derived again; what that came to."""
    Overseer(opened, threading.Event(), "bench").catch_up()
    clock.set_to(clock.ms + 1)
    opened.store.oversight.forget()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
        return other.submit(_derive, opened.settings, clock.ms).result()


def _derive(settings: Settings, now_ms: int) -> dict[str, Any]:
    """All of it from entry 0, in this process."""
    with pytest.MonkeyPatch.context() as patch, closing(open_installation(settings)) as opened:
        play.Clock(now_ms).install(patch)
        store = opened.store
        size = store.head().size
        overseer = Overseer(opened, threading.Event(), "bench")
        began, spent = time.perf_counter(), time.process_time()
        overseer.catch_up()
        seconds, processor_s = time.perf_counter() - began, time.process_time() - spent
        peak_mib = high_water_mib(os.getpid())
        floor_s = _read(opened, size)
        with store.engine.connect() as connection:

            def one(statement: str) -> int:
                return int(connection.exec_driver_sql(statement).scalar() or 0)

            sealed = "SELECT sum(length(sealed)) FROM"
            return {
                "records": size,
                "records_per_s": round(size / seconds),
                "records_per_processor_s": round(size / processor_s),
                "floor_per_processor_s": round(size / floor_s),
                "findings": one(
                    f"SELECT count(*) FROM entries WHERE issuer = '{opened.operator}~engine'"
                ),
                "state_keys": one("SELECT count(*) FROM oversight_states"),
                "state_mib": round(one(f"{sealed} oversight_states") / 2**20, 1),
                "rows": one("SELECT count(*) FROM oversight_rows"),
                "rows_mib": round(one(f"{sealed} oversight_rows") / 2**20, 1),
                "peak_mib": peak_mib,
            }


def _read(opened: Installation, size: int) -> float:
    """Processor seconds to read all records of the log as oversight does, in the same stretches."""
    reads = frozenset(kind for family in FAMILIES for kind in family.reads)
    spent = time.process_time()
    with uncollected():
        for start in range(0, size, _STRETCH):
            opened.store.oversight.records(start, start + _STRETCH, reads)
    return time.process_time() - spent


def _register(opened: Installation, term: Term) -> None:
    admin = admin_of(opened)
    for party, granted in play.roles(term.cast).items():
        for role in granted:
            given = {"party": party, "role": role, "granted": True}
            say(opened, "role-grant", given, issuer=admin)
    for school in term.cast.schools:
        for device in (
            school.scale,
            school.cabinet,
            school.cold_store,
            f"{school.scale[:-7]}probe-1",
        ):
            registration = {"device": device, "owner": school.party, "gateway": school.gateway,
                            "kind": "device", "model": "X", "serial": device[-8:]}  # fmt: skip
            say(opened, "device-registration", registration, issuer=admin)


def _fill(opened: Installation, clock: play.Clock, said: Sequence[Said]) -> None:
    """Append the records, at most half an hour of them in a transaction, each with its files."""
    for batch in _batches(said):
        drafts = []
        for one in batch:
            submitter = str(one.request["issuer"])
            for (_, data), blob in zip(one.files, one.request.get("blobs", ()), strict=True):
                upload = opened.store.uploads.begin(submitter, blob["media_type"])
                upload.write(data)
                upload.finish()
            drafts.append(
                prepare(one.request, submitter=submitter, ledger=opened.ledger, new_seed=bytes(32))
            )
        clock.set_to(batch[-1].at_ms)
        for outcome in opened.store.append(drafts):
            if isinstance(outcome, Exception):
                raise outcome


def _batches(said: Sequence[Said]) -> Iterator[list[Said]]:
    batch: list[Said] = []
    for one in said:
        if batch and (len(batch) == _BATCH or one.at_ms - batch[0].at_ms > _DAY_MS // 48):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


@contextmanager
def _home() -> Iterator[Path]:
    """Memory where the system has a folder of it: files are not what is measured."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)
