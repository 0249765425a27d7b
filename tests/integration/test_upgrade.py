"""A ledger that an earlier release wrote is opened, audited and written on."""

import json
import tarfile
import uuid
from pathlib import Path
from typing import Any

from components.posting import payment
from components.service import Service

from ledger.evidence.catalogue import get
from ledger.evidence.examples import school_day

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"


def test_the_first_releases_ledger_is_audited_and_written_on(tmp_path: Path) -> None:
    with tarfile.open(FIXTURES / "ledger-0.1.0.tar.xz") as archive:
        archive.extractall(tmp_path / "home", filter="data")
    service = Service(tmp_path / "home")

    with service:
        _, before = service.call("GET", "/v1/anchors")
        token = service.cli("tokens", "create", "bank:91210500MA10D3WN2E", "--json").stdout
        touched = _downstream(service, "settlement")
        status, receipt = service.call(
            "POST", "/v1/records", token=_token(token), body=payment("after-the-upgrade")
        )
        refused = _settle(service)

    assert status == 201, receipt
    # The service may write entries of its own meanwhile: an access-denied, a subject-index.
    assert receipt["index"] >= before["log_size"] > 1
    assert {"settlement", "account-entry"} <= touched  # links were read off the older entries
    assert refused == "not-admitted"  # as nobody needed to be, then
    audit = service.cli("audit", check=False)
    assert audit.returncode == 0, audit.stdout + audit.stderr


def _downstream(service: Service, kind: str) -> set[str]:
    """Types of the records that rest on the first one of a type, as the auditor sees them."""
    made = service.cli("tokens", "create", "auditor:12210500MB0A1203X6~education", "--json")
    token = _token(made.stdout)
    _, found = service.call("GET", f"/v1/records?type={kind}&limit=1", token=token)
    path = f"/v1/records/{found['records'][0]['id']}/trace?direction=down"
    _, trace = service.call("GET", path, token=token)
    return {node["type"] for node in trace["nodes"]}


def _settle(service: Service) -> str:
    """Why the supplier whose goods were paid for by the older release is not paid now."""
    made = service.cli("tokens", "create", school_day.FUNDS, "--json").stdout
    example: dict[str, Any] = dict(get("settlement").example)
    request = {**example, "id": str(uuid.uuid4()), "links": []}
    _, answer = service.call("POST", "/v1/records", token=_token(made), body=request)
    return str(answer["errors"][0]["code"])


def _token(answer: str) -> str:
    return str(json.loads(answer)["token"])
