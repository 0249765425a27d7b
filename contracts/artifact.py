"""The committed build of LedgerAnchor.sol, as `contracts/build.mjs` wrote it."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class Artifact:
    """A compiled contract.

    Attributes:
        abi: Solidity's JSON ABI.
        bytecode: what a transaction sends to create it.
        runtime: what lies at its address afterwards, the same at every address.
        code_sha256: SHA-256 of `runtime`, lower-case hex: an anchor target's.
    """

    abi: list[dict[str, Any]]
    bytecode: bytes
    runtime: bytes
    code_sha256: str


@cache
def ledger_anchor() -> Artifact:
    """The contract, read once."""
    built = orjson.loads(files("contracts").joinpath("LedgerAnchor.json").read_bytes())
    return Artifact(
        abi=built["abi"],
        bytecode=bytes.fromhex(built["bytecode"]),
        runtime=bytes.fromhex(built["runtime"]),
        code_sha256=built["code_sha256"],
    )
