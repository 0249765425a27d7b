"""Metrics as a scraper reads them, on a port of their own."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from api import metrics


def test_a_scrape_shows_what_was_counted() -> None:
    counted = metrics.Metrics()
    counted.request("POST", "/v1/records", 201, 0.004)
    counted.request("POST", "/v1/records", 201, 0.4)
    counted.transaction(64, 0.01)
    counted.records["stored"] += 64
    counted.gauge("mealtrace_log_size", "Entries", lambda: 65.0)
    server = metrics.serve(counted, "127.0.0.1", 0)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=5) as answer:
            families = {f.name: f for f in text_string_to_metric_families(answer.read().decode())}
    finally:
        server.stop()

    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families.values()
        for sample in family.samples
    }
    labels = (("method", "POST"), ("route", "/v1/records"), ("status", "201"))
    assert samples["mealtrace_requests_total", labels] == 2
    route = ("route", "/v1/records")
    assert samples["mealtrace_request_seconds_bucket", (("le", "0.005"), route)] == 1
    assert samples["mealtrace_request_seconds_bucket", (("le", "+Inf"), route)] == 2
    assert samples["mealtrace_request_seconds_count", (route,)] == 2
    assert samples["mealtrace_records_total", (("outcome", "stored"),)] == 64
    assert samples["mealtrace_transaction_records_bucket", (("le", "64.0"),)] == 1
    assert samples["mealtrace_log_size", ()] == 65
