"""What an operator is given: /metrics of a real service, and rules that name nothing else."""

import contextlib
import http.client
import re
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from components.posting import open_bank, payment
from components.process import ROOT, free_port
from components.promql import PromqlError, kind_of
from components.service import Service
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from ruamel.yaml import YAML

RULES = ROOT / "docs" / "alerts.yml"
PAGES = [ROOT / "docs" / f"monitoring{language}.md" for language in ("", ".zh-CN")]
NAME = re.compile(r"\bmealtrace_[a-z0-9_]+")
FUNCTIONS = {
    "absent", "by", "histogram_quantile", "hour", "increase", "max", "min", "on", "or",
    "predict_linear", "rate", "sum", "and",
}  # fmt: skip


def rules() -> list[dict[str, Any]]:
    groups = YAML(typ="safe").load(RULES)["groups"]
    assert [set(group) for group in groups] == [{"name", "rules"}]
    return [rule for group in groups for rule in group["rules"]]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Metric]:
    """The families of an embedded service that stored, refused and was asked too often."""
    port = free_port()
    settings = {"MEALTRACE_METRICS_PORT": str(port), "MEALTRACE_OPEN_REQUESTS_PER_S": "20"}
    with Service(tmp_path_factory.mktemp("home"), settings) as service:
        token = open_bank(service)
        for number in range(3):
            assert service.call("POST", "/v1/records", token=token, body=payment(number))[0] == 201
        assert service.call("POST", "/v1/records", token=token, body={})[0] == 422
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", service.port)) as blob:
            headers = {"authorization": f"Bearer {token}", "content-type": "image/png"}
            blob.request("POST", "/v1/blobs", b"p" * 5000, headers)
            assert blob.getresponse().status == 201
        while service.call("GET", "/healthz")[0] != 429:
            pass
        found: dict[str, Metric] = {}
        deadline = time.monotonic() + 30
        while not found or not found["mealtrace_lease_seconds"].samples:
            # Leases are taken after the first look at the database, and seen with the second.
            assert time.monotonic() < deadline
            time.sleep(0.5)
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                text = answer.read().decode()
            found = {family.name: family for family in text_string_to_metric_families(text)}
    return found


def samples(family: Metric) -> dict[tuple[str, ...], float]:
    return {tuple(sample.labels.values()): sample.value for sample in family.samples}


def names(families: dict[str, Metric]) -> set[str]:
    """Every name a query may use: a counter's ends in _total, a histogram's in _bucket and so on."""
    ends = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
    return {name + end for name, family in families.items() for end in ends.get(family.type, ("",))}


def test_a_service_shows_what_it_did(scraped: dict[str, Metric]) -> None:
    records = samples(scraped["mealtrace_records"])
    assert records["stored",] >= 5
    assert records["refused",] == 1
    assert samples(scraped["mealtrace_log_entries"])[()] >= 1
    assert samples(scraped["mealtrace_blob_bytes"]) == {("in",): 5000}
    assert samples(scraped["mealtrace_rate_limited"])["address",] >= 1
    assert samples(scraped["mealtrace_chores"]) == {("done",): 1}
    assert samples(scraped["mealtrace_serving_processes"]) == {(): 1}
    assert samples(scraped["mealtrace_database_failures"]) == {(): 0}
    assert samples(scraped["mealtrace_blob_store_up"]) == {(): 1}
    assert samples(scraped["mealtrace_anchoring_trouble"]) == {(): 0}
    assert set(samples(scraped["mealtrace_lease_seconds"])) >= {("anchoring",)}
    appended = {sample.name: sample.value for sample in scraped["mealtrace_append_seconds"].samples}
    assert appended["mealtrace_append_seconds_count"] >= 5
    assert scraped["process_resident_memory_bytes"].samples[0].value > 1e7


def test_names_tell_their_units_and_every_number_says_what_it_is(
    scraped: dict[str, Metric],
) -> None:
    ours = [family for name, family in scraped.items() if name.startswith("mealtrace_")]

    assert len(ours) >= 20
    for family in ours:
        assert family.documentation, family.name
        assert not re.search(r"_(ms|millis|kb|mb|minutes)(_|$)", family.name), family.name


def test_no_label_carries_what_grows_without_end(scraped: dict[str, Metric]) -> None:
    for family in scraped.values():
        assert len(family.samples) < 500, family.name
        for sample in family.samples:
            assert not any(":" in value for value in sample.labels.values()), sample


def test_every_rule_is_whole_and_says_what_to_do_in_both_languages() -> None:
    for rule in rules():
        assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
        assert re.fullmatch(r"MealTrace[A-Za-z]+", rule["alert"])
        assert re.fullmatch(r"\d+[mh]", rule.get("for", "1m"))
        assert set(rule["labels"]) == {"severity"}
        assert rule["labels"]["severity"] in {"page", "warn", "info"}
        assert set(rule["annotations"]) == {"summary", "action"}
        assert re.search(r"[\u4e00-\u9fff]", rule["annotations"]["action"])
        expression = rule["expr"]
        for opening, closing in ("()", "[]", "{}"):
            assert expression.count(opening) == expression.count(closing), rule["alert"]
        bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^]]*\]|\b(?:by|on) *\([^)]*\)', "", expression)
        assert set(re.findall(r"\b[a-z_]+\b", bare)) - {"up"} - FUNCTIONS == set(NAME.findall(bare))
    alerts = [rule["alert"] for rule in rules()]
    assert len(alerts) == len(set(alerts))


def test_every_rule_asks_what_prometheus_can_answer() -> None:
    for rule in rules():
        assert kind_of(rule["expr"]) == "vector", rule["alert"]


@pytest.mark.parametrize(
    "wrong",
    [
        "rate(a) > 1",
        "increase(a[5m] > 0",
        "a and 1",
        "sum by instance (a)",
        "max(a[5m])",
        'a{b=~"c"',
        "a{b=c}",
        "a > > 1",
        "histogram_quantile(a, 0.9)",
        "a[5 m]",
        "",
    ],
)
def test_what_prometheus_would_not_take_is_refused_here(wrong: str) -> None:
    with pytest.raises(PromqlError):
        kind_of(wrong)


def test_every_number_a_rule_names_is_there_with_the_labels_it_asks_for(
    scraped: dict[str, Metric],
) -> None:
    known = names(scraped)
    for rule in rules():
        for name in NAME.findall(rule["expr"]):
            assert name in known, f"{rule['alert']} names {name}"
    labels = {
        sample.name: set(sample.labels) for family in scraped.values() for sample in family.samples
    }
    for rule in rules():
        for name, inside in re.findall(r"(mealtrace_[a-z_]+)\{([^}]*)\}", rule["expr"]):
            asked = set(re.findall(r"(\w+)(?:=~|=)", inside))
            assert asked <= labels.get(name, asked), f"{rule['alert']} asks {name} for {asked}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_explains_every_number_and_every_rule(
    page: Path, scraped: dict[str, Metric]
) -> None:
    text = page.read_text("utf-8")

    told = set(NAME.findall(text))
    shown = {name for name in names(scraped) if name.startswith("mealtrace_")}

    assert {name for name in shown if not name.endswith(("_bucket", "_sum", "_count"))} <= told
    assert told <= shown | set(scraped)
    for rule in rules():
        assert rule["alert"] in text
