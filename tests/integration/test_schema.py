"""Schemathesis over the OpenAPI document of a live service: no 5xx, and answers as declared."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from components.posting import BANK
from components.stage import Stage

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
SEED = 20260824


def test_no_request_that_the_document_allows_or_forbids_breaks_the_service(
    stage: Stage, tmp_path: Path
) -> None:
    """Valid and spoilt requests, by somebody who may nearly everything."""
    token = stage.service.token(BANK, "post", "read", "log:read", "personal", "admin")
    command = (
        sys.executable, "-m", "schemathesis.cli", "run", f"{stage.service.url}/openapi.json",
        "--url", stage.service.url,
        "--header", f"Authorization: Bearer {token}",
        "--checks", CHECKS,
        "--mode", "all",
        "--phases", "examples,coverage,fuzzing",
        "--max-examples", "120",
        "--seed", str(SEED),
        "--generation-database", "none",
        "--request-timeout", "20",
        "--workers", "1",  # CPython 3.11 counts the depth of `ast.parse` for all threads together
        "--continue-on-failure",
        "--no-color",
    )  # fmt: skip
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent),
            "SCHEMATHESIS_HOOKS": "schema_hooks",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
    assert stage.service.ready()
