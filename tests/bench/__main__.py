"""`make bench`: every figure of one run on this machine, on the screen and in bench.json.

    python -m tests.bench [--share S] [ROW …]
    python -m tests.bench scale …             three hundred schools at once: see scale.py
    python -m tests.bench large …             PostgreSQL at 20 million records: see large.py
    python -m tests.bench lies …              detectors of fabrication against lies: see lies/measure.py
    python -m tests.bench scales-rates        damaged frames of scales that pass their own check: scales.py

Machines are noisy: what counts are ratios, or rates beside a floor measured in the same run.
"""

import argparse
import importlib
import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
Measure = Callable[[float], dict[str, Any]]
"""Takes the share of the usual records and seconds."""

Row = tuple[str, str, Measure, Callable[[dict[str, Any]], bool]]


def _single(database: str) -> Measure:
    def measure(share: float) -> dict[str, Any]:
        from tests.bench.http import single

        return single(share, database=database)

    return measure


def _batch(receipts: str, records: int) -> Measure:
    def measure(share: float) -> dict[str, Any]:
        from tests.bench.http import batch

        return batch(round(share * records), receipts=receipts)

    return measure


def _signed(share: float) -> dict[str, Any]:
    from tests.bench.http import batch, verification_rate

    found = batch(round(share * 50_000), receipts="compact", signed=True)
    found["verifications_per_s"] = round(verification_rate(share))
    found["ratio"] = round(found["records_per_s"] / found["verifications_per_s"], 3)
    return found


def _proofs(share: float) -> dict[str, Any]:
    from tests.bench.proofs import proofs

    return proofs(share)


def _bundle(_: float) -> dict[str, Any]:
    from tests.bench.proofs import bundle

    return bundle()


def _audit(share: float) -> dict[str, Any]:
    from tests.bench.audits import audits

    return audits(round(share * 100_000))


def _week_offline(share: float) -> dict[str, Any]:
    from tests.bench.gateway import week_offline

    return week_offline(share)


def _gateway_idle(share: float) -> dict[str, Any]:
    from tests.bench.gateway import idle

    return idle(share)


def _oversight(share: float) -> dict[str, Any]:
    from tests.bench.oversight import oversight

    return oversight(round(share * 120_000))


def _scales(share: float) -> dict[str, Any]:
    from tests.bench.scales import speeds

    return speeds(share)


def _scales_fuzz(share: float) -> dict[str, Any]:
    from tests.bench.scales import fuzzed

    return fuzzed(share)


def _gas(share: float) -> dict[str, Any]:
    from tests.bench.gas import gas

    return gas(share)


def _vision(name: str) -> Measure:
    def measure(share: float) -> dict[str, Any]:
        from tests.bench import vision

        found: dict[str, Any] = getattr(vision, name)(share)
        return found

    return measure


ROWS: dict[str, Row] = {
    "single-sqlite": (
        "POST /v1/records, 64 clients, SQLite, one API process and its helper",
        "ratio to a bare endpoint ≥ 0.3",
        _single("sqlite"),
        lambda found: found["ratio"] >= 0.3,
    ),
    "single-postgres": (
        "POST /v1/records, 64 clients, PostgreSQL, two API processes",
        "ratio to a bare endpoint ≥ 0.4",
        _single("postgres"),
        lambda found: found["ratio"] >= 0.4,
    ),
    "batch-compact": (
        "records:batch, compact receipts, SQLite, one API process and its helper",
        "≥ 5,000 records/s; peak memory flat",
        _batch("compact", 1_000_000),
        lambda found: (
            found["records_per_s"] >= 5000
            and found["peak_mib"] <= 1.2 * found["peak_mib_after_a_tenth"]
        ),
    ),
    "batch-proofs": (
        "records:batch, receipts with proofs",
        "≥ 3,000 records/s",
        _batch("full", 100_000),
        lambda found: found["records_per_s"] >= 3000,
    ),
    "batch-signed": (
        "records:batch, signed records",
        "≥ 0.7 of raw Ed25519 verification",
        _signed,
        lambda found: found["ratio"] >= 0.7,
    ),
    "proof": (
        "inclusion proof at 1,000,000, pymerkle's at 100,000",
        "≥ 50 times faster",
        _proofs,
        lambda found: found["ratio"] >= 50,
    ),
    "bundle": (
        "offline verification of one bundle",
        "< 5 ms",
        _bundle,
        lambda found: found["median_ms"] < 5,
    ),
    "audit": (
        "audit: log alone, with payloads, two jobs",
        "≥ 30,000/s, ≥ 5,000/s, ≥ 1.6 times",
        _audit,
        lambda found: (
            found["log_per_s"] >= 30_000
            and found["payloads_per_s"] >= 5_000
            and found["two_jobs_ratio"] >= 1.6
        ),
    ),
    "oversight": (
        "oversight from entry 0, SQLite, one process, 1 % of a city's year",
        "≥ 10,000 records/s",
        _oversight,
        lambda found: found["records_per_s"] >= 10_000,
    ),
    "week-offline": (
        "a gateway's week without network: 20,000 records with photos, kept and then sent",
        "none lost, in order, at its pace",
        _week_offline,
        lambda found: (
            found["lost_or_parked"] == 0
            and found["out_of_order"] == 0
            and found["drained_per_s"] <= 1.1 * found["paced_at_per_s"]
        ),
    ),
    "gateway-idle": (
        "a gateway with four scales on serial lines and nothing to weigh",
        "< 3 % of a core",
        _gateway_idle,
        lambda found: found["core_percent"] < 3 and found["scales"] == 4,
    ),
    "gas": (
        "gas of anchor at 10³, 10⁶, 10⁹ entries",
        "≤ 130,000",
        _gas,
        lambda found: max(found.values()) <= 130_000,
    ),
    "scales": (
        "frames of scales, none like the other, each family",
        "≥ 5 MB/s of processor time",
        _scales,
        lambda found: found["slowest_mb_per_s"] >= 5,
    ),
    "scales-fuzz": (
        "10 million random and damaged bytes through all families of scales",
        "no false weight",
        _scales_fuzz,
        lambda found: found["false_weights"] == 0,
    ),
    "ocr": (
        "reading a page of a certificate, and a scale's display",
        "stated",
        _vision("ocr"),
        lambda _: True,
    ),
    "displays": (
        "drawn seven-segment displays: right, not read, wrong",
        "≤ 1 in 200 wrong",
        _vision("displays"),
        lambda found: 200 * found["wrong"] <= sum(found.values()),
    ),
    "detector": (
        "frames through a detector of 8.6 billion operations",
        "stated",
        _vision("detector"),
        lambda _: True,
    ),
    "alert": (
        "inspection alert, from its frame to the outbox",
        "≤ 2 s",
        _vision("alert"),
        lambda found: found["alerts"] and found["worst_ms"] <= 2000,
    ),
}

_APART = {"scale": "scale", "large": "large", "lies": "lies.measure",
          "scales-rates": "scales"}  # fmt: skip
"""Never part of a run of all rows: hours and tens of gigabytes, or no figure of this machine."""


def main() -> int:
    """Measure, print, write bench.json or what `--output` names; the exit code says nothing about speed."""
    if sys.argv[1:2] and sys.argv[1] in _APART:
        return int(importlib.import_module(f"tests.bench.{_APART[sys.argv.pop(1)]}").main())
    parser = argparse.ArgumentParser(description="Measure this machine.")
    parser.add_argument("rows", nargs="*", choices=[*ROWS, []], help="rows to measure; all")
    parser.add_argument("--share", type=float, default=1.0, help="of records and time; noisier")
    parser.add_argument("--output", type=Path, default=ROOT / "bench.json")
    asked = parser.parse_args()
    console = Console()
    table = Table("row", "wanted", "measured", "", title="MealTrace bench")
    results: dict[str, Any] = {
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.processor() or platform.machine(),
            "python": platform.python_version(),
        },
        "share": asked.share,
        "rows": {},
    }
    for name in asked.rows or ROWS:
        about, wanted, measure, holds = ROWS[name]
        with console.status(about):
            found = measure(asked.share)
        met = holds(found)
        results["rows"][name] = {"about": about, "wanted": wanted, "met": met, **found}
        shown = "\n".join(f"{key} {value:,}" for key, value in found.items())
        table.add_row(about, wanted, shown, "[green]✓[/]" if met else "[red]✗[/]")
        table.add_section()
        console.print(f"{'✓' if met else '✗'} {about}: {shown.replace(chr(10), ', ')}")
        asked.output.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n")
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
