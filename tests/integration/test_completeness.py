"""Nothing was left out, as a user shows it: index, audit, report, bundle, offline verification.

The commands and the example are those of `docs/completeness.md`, in both languages.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from components.pages import steps
from components.posting import BANK, SCHOOL, introduce, payment
from components.process import ROOT
from components.signing import registration
from components.stage import ADMISSION, Stage, open_stage

from devices.client import SigningKey
from ledger import subject_index
from ledger.encoding import unb64
from ledger.entry import parse
from ledger.subject_index import SubjectIndex

PAGES = ("completeness.md", "completeness.zh-CN.md")
AUDITOR = "auditor:12210500MB0A1203X6~education"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One with a chain: what is anchored carries a proof that nothing was left out."""
    with open_stage(tmp_path_factory.mktemp("served"), {"MEALTRACE_CHAIN": "embedded"}) as running:
        yield running


def block(page: str, name: str) -> str:
    """The block of a page that has this name."""
    return next(step.text for step in steps(ROOT / "docs" / page) if step.name == name)


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "LC_ALL": "C.UTF-8",
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def completeness(stage: Stage, folder: Path, record_id: str, policy: Path) -> dict[str, str]:
    """What `mealtrace verify` says of a record's completeness, from files alone."""
    status, bundle = stage.service.call("GET", f"/v1/records/{record_id}/bundle", token=stage.bank)
    assert status == 200
    (folder / "bundle").write_text(json.dumps(bundle))
    done = run(["mealtrace", "verify", "bundle", "--policy", str(policy), "--json"], folder)
    (check,) = (c for c in json.loads(done.stdout)["checks"] if c["name"] == "completeness")
    return dict(check)


@pytest.mark.parametrize("page", PAGES)
def test_a_record_is_complete_once_a_trusted_auditor_has_recomputed_the_index(
    stage: Stage, tmp_path: Path, page: str
) -> None:
    service, key = stage.service, SigningKey.generate()
    auditor = f"{AUDITOR}-{page.count('.')}"
    introduce(stage.service, auditor, "auditor")
    introduce(stage.service, ADMISSION, "bureau-admission")
    request = registration(stage, auditor, key)
    token = service.token(ADMISSION)
    assert service.call("POST", "/v1/records", token=token, body=request)[0] == 201
    key.save(tmp_path / "auditor.pem")
    (tmp_path / "token").write_text(service.token(auditor, "post", "read", "log:read"))
    served, naming = tmp_path / "policy", tmp_path / "naming"
    served.write_text(service.text("/v1/trust"))
    naming.write_text(served.read_text() + f"# auditor {auditor} {key.kid}\n")
    paid = payment(page)
    assert service.call("POST", "/v1/records", token=stage.bank, body=paid)[0] == 201

    before = completeness(stage, tmp_path, paid["id"], naming)
    service.cli(*block(page, "index").split()[1:])
    indexed = completeness(stage, tmp_path, paid["id"], naming)
    told = {"URL": service.url, "PARTY": auditor}
    audited = run(["sh", "-ec", block(page, "audit")], tmp_path, **told)
    assert audited.returncode == 0, audited.stdout + audited.stderr
    posted = run([sys.executable, "-c", block(page, "report.py")], tmp_path, **told)
    assert posted.returncode == 0, posted.stderr

    assert before["state"] == "not-checked"
    assert indexed["state"] == "pending"
    assert "according to the log" in indexed["en"]
    assert completeness(stage, tmp_path, paid["id"], naming)["state"] == "pass"
    assert completeness(stage, tmp_path, paid["id"], served)["state"] == "pending"
    later = payment(f"{page} later")
    service.call("POST", "/v1/records", token=stage.bank, body=later)
    service.cli("worker", "--now", "subject-index")
    assert completeness(stage, tmp_path, paid["id"], naming)["state"] == "pass"
    assert completeness(stage, tmp_path, later["id"], naming)["state"] == "pending"
    prove_history(stage, tmp_path, page, naming)


def prove_history(stage: Stage, folder: Path, page: str, policy: Path) -> None:
    """The bank saves its history and proves with the page's command that nothing was left out."""
    service = stage.service
    service.cli("anchor")
    told = {"URL": service.url}
    saved = folder / "saved"
    saved.mkdir()
    (saved / "token").write_text(service.token(BANK, "read"))
    (saved / "naming.policy").write_text(policy.read_text())
    paged = block(page, "save").replace("limit=1000", "limit=1")
    paged = re.sub("SUBJECT=.*", f"SUBJECT={BANK}", paged)
    done = run(["sh", "-ec", paged], saved, **told)
    assert done.returncode == 0, done.stderr
    pages = sorted(saved.glob("history-*.json"))
    assert len(pages) > 1
    verify = block(page, "history")

    proven = run(["sh", "-ec", verify], saved, **told)
    unanchored = run(["sh", "-ec", verify.replace(' --rpc "$URL/v1/chain"', "")], saved)
    chinese = run(["sh", "-ec", verify], saved, **told, LC_ALL="zh_CN.UTF-8")
    alone = run(["mealtrace", "verify", str(pages[0]), "--policy", "naming.policy"], saved)
    (saved / "naming.policy").write_text(service.text("/v1/trust"))
    unaudited = run(["sh", "-ec", verify], saved, **told)

    assert proven.returncode == 0, proven.stdout + proven.stderr
    assert "VERIFIED" in proven.stdout
    assert "没有任何遗漏" in chinese.stdout
    assert unanchored.returncode == 3
    assert alone.returncode == 1, "the first page alone is not all there is"
    assert unaudited.returncode == 3
    assert "operator's word" in " ".join(unaudited.stdout.split())


def test_the_example_has_ten_lines() -> None:
    for page in PAGES:
        code = block(page, "report.py").split("with ")[0].splitlines()
        assert len(code) <= 10


def test_the_policy_served_names_the_auditors_of_the_settings_whom_an_authority_vouches_for(
    stage: Stage,
) -> None:
    service, key = stage.service, SigningKey.generate()
    auditor = f"{AUDITOR}-served"
    introduce(stage.service, auditor, "auditor")
    introduce(stage.service, ADMISSION, "bureau-admission")
    service.call(
        "POST",
        "/v1/records",
        token=service.token(ADMISSION),
        body=registration(stage, auditor, key),
    )
    service.stop()
    service.environment["MEALTRACE_AUDITORS"] = json.dumps([auditor, "auditor:nobody"])
    service.start()
    try:
        assert [line for line in service.text("/v1/trust").splitlines() if "auditor" in line] == [
            f"# auditor {auditor} {key.kid}"
        ]
    finally:
        service.stop()
        del service.environment["MEALTRACE_AUDITORS"]
        service.start()


def test_an_index_asked_for_twice_is_made_once_and_a_history_ends_in_it(stage: Stage) -> None:
    service = stage.service
    assert service.call("POST", "/v1/records", token=stage.bank, body=payment("twice"))[0] == 201

    first = json.loads(service.cli("worker", "--now", "subject-index", "--json").stdout)
    again = json.loads(service.cli("worker", "--now", "subject-index", "--json").stdout)

    assert first.pop("posted") is True
    assert again.pop("posted") is False
    assert first == again
    shown = history(service, stage.bank, BANK)
    # An older one is shown where an auditor has reported on it: see the tests above.
    index = SubjectIndex.of_json(shown["index"])
    assert index.size <= first["size"]
    head = subject_index.prove(index, BANK, shown["heads"])
    assert head is not None
    assert (head.seq, head.index) == (shown["last"]["seq"], shown["last"]["index"])
    # Of a school that only others speak of, the bank sees its own part and no end.
    assert (
        service.call("GET", f"/v1/subjects/{SCHOOL}/history", token=stage.bank)[1]["completeness"]
        is None
    )


def history(service: Any, token: str, subject: str) -> dict[str, Any]:
    """The index shown with a history, its heads, and the last entry it covers."""
    status, page = service.call("GET", f"/v1/subjects/{subject}/history?limit=1000", token=token)
    assert status == 200
    support = page["completeness"]["support"]
    opened = parse(unb64(support["entry"])).open
    assert opened is not None
    covered = [e for e in page["entries"] if e["index"] < page["completeness"]["size"]]
    return {
        "index": opened.payload,
        "heads": subject_index.parse_heads(support["heads"]),
        "last": covered[-1],
    }
