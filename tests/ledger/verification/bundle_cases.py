"""The bundles of the conformance vectors, as what `verify` takes."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ledger.anchor import AnchoredEvent, ChainFacts
from ledger.verdict import Verdict
from ledger.verification import verify

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "bundles"


@dataclass(frozen=True)
class BundleCase:
    """One file: what is verified, with what, and what must come out."""

    name: str
    bundle: bytes
    policy: bytes | None
    blobs: dict[str, int]
    chain: ChainFacts | None
    expect: dict[str, Any]

    def verify(self, bundle: bytes | None = None) -> Verdict:
        """The verdict on this bundle, or on another in its place."""
        return verify(
            self.bundle if bundle is None else bundle,
            self.policy,
            blobs=self.blobs,
            chain=self.chain,
        )

    def json(self) -> dict[str, Any]:
        """A fresh copy of the bundle's JSON."""
        value: dict[str, Any] = json.loads(self.bundle)
        return value


@cache
def load(name: str) -> BundleCase:
    """The case of that name."""
    case = json.loads((FOLDER / f"{name}.json").read_bytes())
    if case["bundle"] is None:
        bundle = base64.b64decode(case["bundle_base64"])
    else:
        bundle = json.dumps(case["bundle"], ensure_ascii=False).encode()
    files = [base64.b64decode(file) for file in _texts(case.get("blob_files_base64", []))]
    return BundleCase(
        case["name"],
        bundle,
        None if case["policy"] is None else case["policy"].encode(),
        {hashlib.sha256(file).hexdigest(): len(file) for file in files},
        None if case["rpc_facts"] is None else _facts(case["rpc_facts"]),
        case["expect"],
    )


def names() -> list[str]:
    """All cases."""
    found = sorted(path.stem for path in FOLDER.glob("*.json"))
    assert len(found) == 115
    return found


def _texts(files: Any) -> list[str]:
    assert isinstance(files, list)
    return files


def _facts(facts: dict[str, Any]) -> ChainFacts:
    return ChainFacts(
        facts["chain_id"],
        facts["genesis_hash"],
        facts["finalized_block_number"],
        facts["code_sha256"],
        tuple(
            AnchoredEvent(
                event["contract"],
                bytes.fromhex(event["log_id_hex"]),
                event["size"],
                base64.b64decode(event["root_base64"]),
                event["tx_hash"],
                event["log_index"],
                event["block_number"],
                event["block_hash"],
                event["block_timestamp_s"],
            )
            for event in facts["events"]
        ),
    )
