"""Our own vectors as parameters of tests, each under the name it has in its file."""

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "vectors"


@cache
def load(file: str) -> dict[str, Any]:
    """A file of vectors."""
    loaded: dict[str, Any] = json.loads((FOLDER / file).read_bytes())
    return loaded


def cases(file: str, section: str) -> pytest.MarkDecorator:
    """Runs a test once for each case of a section, as argument `case`."""
    found = load(file)[section]
    assert found, f"no {section} in {file}"
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in found])


def log() -> list[bytes]:
    """The entries of the test log, in order."""
    return [base64.b64decode(item["entry_base64"]) for item in load("statement-entry.json")["log"]]


def signer_seed(name: str) -> bytes:
    """The seed of a key that the vectors name."""
    for key in load("statement-entry.json")["keys"]:
        if key["name"] == name:
            return bytes.fromhex(key["seed_hex"])
    raise KeyError(name)
