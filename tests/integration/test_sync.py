"""A system-call trace: the database and the mark are synced to disk before each acknowledgement."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from components.posting import Crowd, open_bank, payment
from components.service import Service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

TRACED = "trace=fsync,fdatasync,pwrite64,write,sendto,sendmsg,writev"
SYNC = re.compile(r"f(?:data)?sync\(\d+<([^>]*)>(?:\)\s+= 0| <unfinished)")
RAISED = re.compile(r'pwrite64\(\d+<[^>]*/keys/released>, "(\d+) [0-9a-f]{64}')
TOLD = re.compile(r'\\"tree_size\\":(\d+)')


def events(trace: Path) -> Iterator[tuple[str, int]]:
    """In order: `log` synced, `mark` of a size synced, `told` a client of a size.

    A sync counts when it has returned: of one that other threads interrupted, strace writes two
    lines.
    """
    begun: dict[str, str] = {}
    raised = 0
    for line in trace.read_text(errors="replace").splitlines():
        thread = line.partition(" ")[0]
        synced = None
        if found := SYNC.search(line):
            if line.endswith("<unfinished ...>"):
                begun[thread] = found[1]
            else:
                synced = found[1]
        elif re.search(r"f(?:data)?sync resumed>.*= 0", line):
            synced = begun.pop(thread, None)
        elif found := RAISED.search(line):
            raised = int(found[1])
        if found := TOLD.search(line):
            yield "told", int(found[1])
        if synced is not None and synced.endswith("/ledger.sqlite-wal"):
            yield "log", 0
        elif synced is not None and synced.endswith("/keys/released"):
            yield "mark", raised


def end(service: Service) -> None:
    """End the service itself: strace, told to end, would only let go of it."""
    assert service.process is not None
    tracer = service.process.pid
    for child in Path(f"/proc/{tracer}/task/{tracer}/children").read_text().split():
        os.kill(int(child), signal.SIGTERM)
    service.stop()


def traced(folder: Path, requests: int, threads: int) -> tuple[list[tuple[str, int]], int]:
    """What a service did on disk and network, and how many records it acknowledged."""
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("strace is not installed")
        pytest.skip("strace is not installed; `apt-get install strace` installs it")
    trace = folder / "trace"
    service = Service(folder / "home", {"MEALTRACE_CHAIN": "none"}).found()
    command = ("strace", "-f", "-y", "-s", "200", "-e", TRACED, "-o", str(trace))
    service.start(prefix=command, timeout_s=120)
    try:
        token = open_bank(service)
        acknowledged = 2
        for number in range(requests):
            status, _ = service.call("POST", "/v1/records", token=token, body=payment(number))
            assert status == 201
            acknowledged += 1
        crowd = Crowd([service.port], token, threads)
        crowd.start()
        time.sleep(2 if threads else 0)
        crowd.stop()
        acknowledged += len(crowd.acknowledged)
    finally:
        end(service)
    return list(events(trace)), acknowledged


def test_each_acknowledgement_follows_the_syncs_of_log_and_mark(tmp_path: Path) -> None:
    """One client: between two answers first the log is synced, then the mark."""
    found, acknowledged = traced(tmp_path, requests=10, threads=0)
    log = mark = False
    told = 0
    for what, size in found:
        if what == "log":
            log = True
        elif what == "mark":
            mark = log
        else:
            assert log, f"size {size} was told before the log was synced"
            assert mark, f"size {size} was told before the mark was synced"
            log = mark = False
            told += 1

    assert told == acknowledged == 12


def test_under_load_no_size_is_told_that_the_mark_on_disk_does_not_cover(tmp_path: Path) -> None:
    """Many clients: one transaction's mark is written while the next one runs."""
    found, acknowledged = traced(tmp_path, requests=0, threads=6)
    covered = logs = marks = told = 0
    for what, size in found:
        if what == "log":
            logs += 1
        elif what == "mark":
            marks += 1
            assert marks <= logs, f"the mark rose to {size} before the log was synced"
            covered = max(covered, size)
        else:
            assert size <= covered, f"size {size} was told, the mark on disk is {covered}"
            told += 1

    assert told == acknowledged > 20
