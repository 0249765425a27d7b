"""What a refusal says: which field, and what to do, in English and in Chinese.

Whoever reads it sits alone with it at night; a code or a pattern by itself helps nobody.
"""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from playground import OTHER_SCHOOL, Running, example, governance

from ledger.evidence.examples import school_day as day

JSON = {"Content-Type": "application/json"}
ENGLISH = re.compile(r"[a-z]{3,}(?: [a-z]{2,}){3,}")
"""Four words in a row: a sentence that was left in English."""


@pytest.fixture(scope="module", autouse=True)
def mandate(running: Running) -> None:
    """The supplier lets the integrator post dispatches."""
    given = governance(
        "mandate",
        day.SUPPLIER,
        {
            "principal": day.SUPPLIER,
            "submitter": day.INTEGRATOR,
            "types": ["dispatch"],
            "from": "2026-01-01T00:00:00Z",
            "until": "2099-01-01T00:00:00Z",
        },
    )
    assert post(running, day.SUPPLIER, given).status_code == 201


def post(running: Running, party: str | None, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return running.as_(party).post("/v1/records", content=content, headers=JSON | headers)


def certificate(**changes: Any) -> dict[str, Any]:
    request = example("certificate", **{"certificate_no": uuid.uuid4().hex[:16], **changes})
    request["payload"].update(certificate_kind="haccp", number_scheme="none")
    request.pop("blobs", None)
    return request


def fault(answer: httpx.Response, status: int, code: str) -> Mapping[str, str]:
    """The one fault of a refusal; whatever it says is said in both languages."""
    problem = answer.json()
    assert (answer.status_code, problem["type"].rpartition(":")[2]) == (status, code), answer.text
    for found in problem["errors"]:
        assert not re.search(r"[一-鿿]", found["message_en"]), found
        assert re.search(r"[一-鿿]", found["message_zh"]), found
        assert not ENGLISH.search(found["message_zh"]), found
    (only,) = problem["errors"]
    return dict(only)


@pytest.mark.parametrize(
    ("body", "en", "zh"),
    [
        (b"", "the body is empty", "请求体为空"),
        (b"\xef\xbb\xbf{}", "byte order mark", "BOM"),
        ('{"id":"本溪"}'.encode("gbk"), "UTF-8; byte 7", "第 7 字节"),
        (b'{"id":"a","id":"b"}', "give each once", "每个字段只写一次"),
        (b'{"id":"a",}', "line 1 column 11", "line 1 column 11"),
        (b"[{}]", "POST /v1/records:batch", "POST /v1/records:batch"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "at most 32 levels", "最多 32 层"),
    ],
)
def test_a_body_that_is_no_json_is_told_why(
    running: Running, body: bytes, en: str, zh: str
) -> None:
    found = fault(post(running, day.SUPPLIER, body), 400, "malformed")

    assert en in found["message_en"]
    assert zh in found["message_zh"]


def test_a_party_that_may_not_say_it_hears_who_may(running: Running) -> None:
    found = fault(
        post(running, day.SUPPLIER, example("order") | {"issuer": day.SUPPLIER}),
        403,
        "forbidden-type",
    )

    assert "posted by school" in found["message_en"]
    assert "let one of these post it" in found["message_en"]
    assert "请由其提交" in found["message_zh"]


def test_an_integrator_that_forgot_the_issuer_is_told_to_name_it(running: Running) -> None:
    request = certificate()
    del request["issuer"]

    found = fault(post(running, day.INTEGRATOR, request), 403, "forbidden-type")

    assert "name in issuer the party for which you post" in found["message_en"]
    assert "issuer" in found["message_zh"]
    assert "无" in found["message_zh"]


def test_a_mandate_that_does_not_reach_is_told_with_what_it_covers(running: Running) -> None:
    found = fault(
        post(running, day.INTEGRATOR, example("supplier-registration")), 403, "forbidden-type"
    )

    assert found["pointer"] == "/issuer"
    assert re.search(r"the one in force is for .*dispatch", found["message_en"])
    assert re.search("现有授权只含 .*dispatch", found["message_zh"])


def test_what_speaks_for_another_names_the_field(running: Running) -> None:
    other = f"canteen:{OTHER_SCHOOL.partition(':')[2]}~01"

    found = fault(
        post(running, day.SCHOOL, example("waste-log", canteen=other) | {"issuer": day.SCHOOL}),
        403,
        "not-your-subject",
    )

    assert found["pointer"] == "/payload/canteen"
    assert "name the issuer's own in canteen" in found["message_en"]
    assert "canteen 应写提交方自己" in found["message_zh"]


def test_a_document_recorded_twice_names_what_is_the_same(running: Running) -> None:
    first = certificate()
    assert post(running, day.SUPPLIER, first).status_code == 201

    found = fault(
        post(running, day.SUPPLIER, first | {"id": str(uuid.uuid4())}), 409, "duplicate-document"
    )

    assert found["record"] == first["id"]
    for words in (found["message_en"], found["message_zh"]):
        assert "certificate_no" in words
        assert first["payload"]["certificate_no"] not in words


def test_a_wrong_hash_says_where_the_right_one_stands(running: Running) -> None:
    first = certificate()
    assert post(running, day.SUPPLIER, first).status_code == 201
    wrong = example("correction") | {"issuer": day.SUPPLIER}
    wrong["links"] = [{"rel": "corrects", "id": first["id"], "sha256": "ab" * 32}]

    found = fault(post(running, day.SUPPLIER, wrong), 422, "missing-link")

    right = running.as_(day.SUPPLIER).get(f"/v1/records/{first['id']}").json()["statement_sha256"]
    for words in (found["message_en"], found["message_zh"]):
        assert "statement_sha256" in words
        assert f"GET /v1/records/{first['id']}" in words
    wrong["links"][0]["sha256"] = right
    assert post(running, day.SUPPLIER, wrong).status_code == 201


@pytest.mark.parametrize(
    "link",
    [
        {"rel": "bogus", "id": str(uuid.uuid4())},
        {"rel": "renews"},
        {"rel": "renews", "id": "A"},
        {"rel": "accepts", "id": str(uuid.uuid4())},
    ],
)
def test_a_link_that_is_none_says_what_a_link_is(running: Running, link: dict[str, str]) -> None:
    found = fault(post(running, day.SUPPLIER, certificate() | {"links": [link]}), 422, "schema")

    assert found["pointer"].startswith("/links/0")
    assert "renews" in found["message_zh"]


def test_a_type_misspelt_is_answered_with_the_one_meant(running: Running) -> None:
    found = fault(
        post(running, day.SUPPLIER, certificate() | {"type": "certificat"}), 422, "schema"
    )
    listed = fault(running.as_(None).get("/v1/types/weighin"), 404, "not-found")

    assert "did you mean certificate" in found["message_en"]
    assert "是否为 certificate" in found["message_zh"]
    assert "did you mean weigh-in" in listed["message_en"]


@pytest.mark.parametrize(
    ("path", "pointer", "en", "zh"),
    [
        ("/v1/records?limit=5000", "/query/limit", "limit is at most 1000", "不得大于 1000"),
        ("/v1/records?issuers=x", "/query/issuers", "there are subject, type", "可用：subject"),
        ("/v1/records?limit=many", "/query/limit", "must be an integer", "应为整数"),
        (
            "/v1/records?occurred_from=yesterday",
            "/query/occurred_from",
            "write 2026",
            "应为带时区的时间",
        ),
        ("/v1/subjects/2105020001/history", "/path/subject", "must match", "格式应为"),
        ("/v1/record", "", "GET /docs", "GET /docs"),
    ],
)
def test_a_parameter_that_is_none_says_what_it_may_be(
    running: Running, path: str, pointer: str, en: str, zh: str
) -> None:
    answer = running.as_(day.SUPPLIER).get(path)

    found = fault(answer, answer.status_code, "malformed" if "query" in pointer else "not-found")

    assert found["pointer"] == pointer
    assert en in found["message_en"]
    assert zh in found["message_zh"]


def test_a_method_that_is_not_offered_names_those_that_are(running: Running) -> None:
    found = fault(running.as_(day.SUPPLIER).put("/v1/trust", json={}), 405, "method-not-allowed")

    assert "GET" in found["message_en"]
    assert "GET" in found["message_zh"]


def test_a_file_of_the_wrong_kind_is_told_how_to_send_it(running: Running) -> None:
    answer = running.as_(day.SUPPLIER).post(
        "/v1/records",
        files={
            "record": ("", json.dumps(certificate()), "application/json"),
            "scan": ("scan.jpg", b"\xff\xd8\xff\xe0", "application/octet-stream"),
        },
    )

    found = fault(answer, 422, "schema")

    assert found["pointer"] == "/blobs/0/media_type"
    assert "Content-Type" in found["message_en"]
    assert "Content-Type" in found["message_zh"]


def test_a_refused_atomic_batch_says_to_mend_the_other_line(running: Running) -> None:
    good, bad = certificate(), certificate(issued_on="2024/03/12")
    lines = "\n".join(map(json.dumps, (good, bad)))

    answer = running.as_(day.SUPPLIER).post(
        "/v1/records:batch?atomic=true",
        content=lines,
        headers={"Content-Type": "application/x-ndjson"},
    )

    told = json.loads(answer.text.splitlines()[0])["problem"]["errors"][0]
    assert "mend that one, and send all again" in told["message_en"]
    assert "改正" in told["message_zh"]


def test_too_much_says_to_split(running: Running) -> None:
    found = fault(
        post(running, day.SUPPLIER, certificate(ext={"a": "x" * (1 << 20)})), 413, "too-large"
    )

    assert "split" in found["message_en"]
    assert "拆分" in found["message_zh"]


def test_a_missing_token_and_a_wrong_one_say_what_to_do(running: Running) -> None:
    without = fault(post(running, None, certificate()), 401, "token")
    wrong = fault(post(running, None, certificate(), Authorization="Bearer mt_wrong"), 401, "token")

    assert "send Authorization" in without["message_en"]
    assert "ask the operator" in wrong["message_en"]
    assert "申请" in wrong["message_zh"]
