"""A system-call trace: the database and the mark are synced to disk before each acknowledgement."""

import re
import shutil
from pathlib import Path

import pytest
from components.posting import open_bank, payment
from components.service import Service

pytestmark = pytest.mark.slow

TRACED = "trace=fsync,fdatasync,rename,renameat,renameat2,write,sendto,sendmsg,writev"


def test_each_acknowledgement_follows_the_syncs_of_log_and_mark(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed; `apt-get install strace` installs it")
    trace = tmp_path / "trace"
    service = Service(tmp_path / "home", {"MEALTRACE_CHAIN": "none"})
    service.found()
    command = ("strace", "-f", "-y", "-s", "64", "-e", TRACED, "-o", str(trace))
    service.start(prefix=command, timeout_s=120)
    try:
        token = open_bank(service)
        for number in range(5):
            status, _ = service.call("POST", "/v1/records", token=token, body=payment(number))
            assert status == 201
    finally:
        service.stop()

    synced_log = synced_mark = False
    acknowledged = 0
    for line in trace.read_text(errors="replace").splitlines():
        if re.search(r"f(data)?sync\(\d+<[^>]*ledger\.sqlite-wal>", line):
            synced_log = True
        elif re.search(r"fdatasync\(\d+<[^>]*/keys/released>", line):
            synced_mark = synced_log
        elif "HTTP/1.1 201" in line:
            assert synced_log, "acknowledged before the log was synced"
            assert synced_mark, "acknowledged before the mark was synced"
            synced_log = synced_mark = False
            acknowledged += 1
    assert acknowledged >= 7
