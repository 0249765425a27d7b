"""The programs of tests/bench still run: each at its smallest, for the shape of what it writes.

No rate is looked at. What is measured here is nothing; that it can be measured is.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from components.installed import installed
from components.process import ROOT, find_program

from devices.scales.families import FAMILIES
from tests.bench.__main__ import ROWS

pytestmark = pytest.mark.slow

SHARE = "0.002"

BATCH = {"records_per_s", "records", "peak_mib_after_a_tenth", "peak_mib"}
SINGLE = {"records_per_s", "bare_per_s", "ratio", "p99_ms", "refused", "processes"}
FIGURES = {
    "single-sqlite": SINGLE,
    "single-postgres": SINGLE,
    "batch-compact": BATCH,
    "batch-proofs": BATCH,
    "batch-signed": BATCH | {"verifications_per_s", "ratio"},
    "proof": {"ours_us_at_2000", "pymerkle_us_at_1000", "ratio"},
    "bundle": {"median_ms", "max_ms"},
    "audit": {"log_per_s", "payloads_per_s", "two_jobs_ratio", "linear"},
    "oversight": {
        "records",
        "records_per_s",
        "records_per_processor_s",
        "floor_per_processor_s",
        "times_the_floor",
        "linear",
        "findings",
        "state_keys",
        "state_mib",
        "rows",
        "rows_mib",
        "peak_mib",
        "city_year_s",
        "city_rows_gib",
    },
    "week-offline": {
        "records",
        "kept_per_s",
        "keep_p99_ms",
        "outbox_mib",
        "outbox_mib_after",
        "drain_s",
        "drained_per_s",
        "paced_at_per_s",
        "unbounded_per_s",
        "lost_or_parked",
        "out_of_order",
        "peak_mib",
    },
    "gas": {"at_1000", "at_1000000", "at_1000000000"},
    "scales": {"slowest_mb_per_s", "slowest_usual_mb_per_s"}
    | {f"{family}_mb_per_s" for family in FAMILIES},
    "scales-fuzz": {
        "bytes",
        "bytes_with_sound_frames",
        "damaged",
        "loads",
        "weighed",
        "false_weights",
    }
    | {f"{family}_passed_ppm" for family in FAMILIES},
}

DEVICE_ROWS = {"gateway-idle", "ocr", "displays", "detector", "alert"}
"""Run by test_bench_devices."""

LOAD = {"per_s", "p50_ms", "p99_ms", "worst_ms", "requests", "errors", "first_error"}
SPENT = {"processor_s", "processor_us_per_record", "wall_s", "peak_mib"}
GROWTH = {"log_grew_by", "database_bytes_per_record"}
RECONNECT = GROWTH | {
    "clients", "records", "queue_records", "stored", "answers_429", "answers_503",
    "other_answers", "half_done_s", "last_done_s",
}  # fmt: skip

TIMES = {
    f"{name}_ms"
    for name in (
        "commit", "record", "proof", "by_subject", "by_type", "by_subject_and_type",
        "by_subject_and_rare_type", "of_a_party", "since", "history",
    )
}  # fmt: skip


def bench(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """Run the command; what it wrote."""
    output = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", *arguments, "--output", output],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    written: dict[str, Any] = json.loads(output.read_text("utf-8"))
    return written


def test_every_row_is_run_here_or_with_the_packages_of_the_devices() -> None:
    assert FIGURES.keys() | DEVICE_ROWS == ROWS.keys()


def test_every_row_of_the_bench_runs(tmp_path: Path) -> None:
    written = bench(tmp_path, "--share", SHARE, *FIGURES)

    assert written.keys() == {"machine", "share", "rows"}
    assert {
        name: row.keys() - {"about", "wanted", "met"} for name, row in written["rows"].items()
    } == FIGURES
    for name, row in written["rows"].items():
        assert isinstance(row["met"], bool)
        assert all(row[figure] >= 0 for figure in FIGURES[name])


def test_three_hundred_schools_may_be_four(tmp_path: Path) -> None:
    with installed():
        find_program("minio", "make tools")
    asked = ("--schools", "4", "--seconds", "0.5", "--share", SHARE, "--outage", "0.5")
    written = bench(tmp_path, "scale", *asked)

    assert written.keys() == {
        "machine", "asked", "sustained", "day", "reconnect", "reconnect-tight",
    }  # fmt: skip
    assert written["sustained"].keys() == LOAD | SPENT | GROWTH | {
        "bare_per_s", "ratio", "half_rate",
    }  # fmt: skip
    assert written["sustained"]["half_rate"].keys() == LOAD | {"wanted_per_s"}
    assert written["day"].keys() == LOAD | SPENT | GROWTH | {"photos", "photos_refused_for_now"}
    assert written["day"]["log_grew_by"] == 4 * 3
    assert written["day"]["photos"] == 4
    for row in ("reconnect", "reconnect-tight"):
        found = written[row]
        assert found.keys() == RECONNECT
        assert found["log_grew_by"] == found["records"] == 1 + 2 + 3 + 4


def test_twenty_million_records_may_be_forty_thousand(tmp_path: Path) -> None:
    asked = (
        "--base",
        "3000",
        "--rows",
        "40000",
        "--seconds",
        "0.3",
        "--commits",
        "5",
        "--rounds",
        "2",
    )
    written = bench(tmp_path, "large", *asked)

    assert written.keys() == {"machine", "asked", "base", "large", "large_to_base"}
    for name, rows in (("base", 3000), ("large", 40_000)):
        found = written[name]
        assert found.keys() == TIMES | {"size", "records_per_s", "gib"}
        assert found["size"] > rows
        assert all(found[time].keys() >= {"median", "p99"} for time in TIMES)
        assert "INSERT entries" in found["commit_ms"]["statements"]
    assert written["large_to_base"].keys() == {time.removesuffix("_ms") for time in TIMES} | {
        "records_per_s"
    }


def test_lies_may_be_few(tmp_path: Path) -> None:
    written = bench(tmp_path, "lies", "--honest", "2", "--liars", "12", "--each", "1")

    assert written.keys() == {"groups", "together"}
    assert written["groups"].keys() == {"first", "second"}
    for group in written["groups"].values():
        assert group.keys() == {
            "records", "clean_school_days", "lying_school_days", "lies", "seconds_to_make",
            "seconds_to_tell", "kinds", "all", "ways", "found_by_days", "characters", "missed",
            "false",
        }  # fmt: skip
        assert group["lies"] == len(group["ways"]) == group["all"]["lies"]
        # Some of the second group's schools have days without service.
        assert 0.9 * 14 * 28 < group["clean_school_days"] + group["lying_school_days"] <= 14 * 28
    assert written["together"]["kinds"]["entered by hand"]["recall"] == 1.0


def test_the_replay_may_be_short() -> None:
    done = subprocess.run(
        [sys.executable, "tests/bench/replay.py", "200"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert json.loads(done.stdout).keys() == {
        "entry_parse_us", "replay_entries_per_s", "subject_index_us_per_head",
        "commit_25_fields_us",
    }  # fmt: skip
