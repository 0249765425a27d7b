"""Files in and out: whole, in ranges, and only for those they concern."""

import json
import os
import uuid
from base64 import b64encode
from hashlib import sha256
from typing import Any

import httpx
import pytest
from playground import OTHER_SCHOOL, Running, example

from ledger.evidence.examples import school_day as day

SIZE = 200_001


def upload(
    running: Running, data: bytes, party: str = day.SCHOOL, **headers: str
) -> httpx.Response:
    return running.as_(party, **{"Content-Type": "image/jpeg", **headers}).post(
        "/v1/blobs", content=data
    )


@pytest.fixture(scope="module")
def photo(running: Running) -> bytes:
    data = os.urandom(SIZE)
    answer = upload(running, data)
    assert answer.status_code == 201
    assert answer.json() == {
        "sha256": sha256(data).hexdigest(), "size": SIZE, "media_type": "image/jpeg"
    }  # fmt: skip
    return data


def get(running: Running, data: bytes, party: str = day.SCHOOL, **headers: str) -> httpx.Response:
    return running.as_(party, **headers).get(f"/v1/blobs/{sha256(data).hexdigest()}")


def test_a_file_comes_back_as_it_was(running: Running, photo: bytes) -> None:
    answer = get(running, photo)

    assert answer.content == photo
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["etag"] == f'"{sha256(photo).hexdigest()}"'
    digest = b64encode(sha256(photo).digest()).decode()
    assert answer.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert "attachment" in answer.headers["content-disposition"]
    assert "sandbox" in answer.headers["content-security-policy"]


def test_head_tells_the_same_without_the_bytes(running: Running, photo: bytes) -> None:
    answer = running.as_(day.SCHOOL).head(f"/v1/blobs/{sha256(photo).hexdigest()}")

    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(SIZE)
    assert answer.content == b""


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-65535", 0, 65_536),
        ("bytes=65535-65536", 65_535, 65_537),
        ("bytes=131072-", 131_072, SIZE),
        ("bytes=-7", SIZE - 7, SIZE),
        ("bytes=200000-999999", 200_000, SIZE),
        ("bytes=-999999", 0, SIZE),
    ],
)
def test_a_range_is_answered_with_its_bytes(
    running: Running, photo: bytes, value: str, start: int, end: int
) -> None:
    answer = get(running, photo, Range=value)

    assert answer.status_code == 206
    assert answer.content == photo[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"


@pytest.mark.parametrize("value", ["bytes=200001-", "bytes=999999-1000000", "bytes=-0"])
def test_a_range_beyond_the_file_is_refused(running: Running, photo: bytes, value: str) -> None:
    answer = get(running, photo, Range=value)

    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("value", ["bytes=5-1", "bytes=0-1,3-4", "lines=1-2", "bytes=-"])
def test_a_range_that_is_none_is_ignored(running: Running, photo: bytes, value: str) -> None:
    assert get(running, photo, Range=value).status_code == 200


def test_a_file_known_already_is_not_sent_again(running: Running, photo: bytes) -> None:
    tag = f'"{sha256(photo).hexdigest()}"'

    assert get(running, photo, **{"If-None-Match": tag}).status_code == 304
    stale = get(running, photo, **{"Range": "bytes=0-1", "If-Range": '"other"'})
    assert stale.status_code == 200


def test_a_digest_that_does_not_fit_stores_nothing(running: Running) -> None:
    data = os.urandom(100)
    wrong = b64encode(sha256(b"other").digest()).decode()

    answer = upload(running, data, **{"Repr-Digest": f"sha-256=:{wrong}:"})

    assert answer.status_code == 400
    assert get(running, data).status_code == 404


def test_a_digest_that_fits_is_accepted(running: Running) -> None:
    data = os.urandom(100)
    right = b64encode(sha256(data).digest()).decode()

    header = f"sha-512=:AA==:, sha-256=:{right}:"
    assert upload(running, data, **{"Repr-Digest": header}).status_code == 201


def test_an_upload_never_tells_that_the_file_was_there(running: Running, photo: bytes) -> None:
    first = upload(running, photo)
    others = upload(running, photo, OTHER_SCHOOL)

    assert first.status_code == others.status_code == 201
    assert first.content == others.content


def test_an_empty_file_is_a_file(running: Running) -> None:
    assert upload(running, b"").status_code == 201
    assert get(running, b"").content == b""


def test_a_file_over_its_limit_is_refused(running: Running) -> None:
    def endless() -> Any:
        for _ in range(65):
            yield bytes(1 << 20)

    client = running.as_(day.SCHOOL, **{"Content-Type": "video/mp4"})
    try:
        status = client.post("/v1/blobs", content=endless()).status_code
    except (httpx.WriteError, httpx.RemoteProtocolError):
        status = 413
    assert status == 413


def test_a_file_without_a_media_type_is_refused(running: Running) -> None:
    assert upload(running, b"x", **{"Content-Type": "photo"}).status_code == 400


def test_a_file_is_nobody_s_business_until_a_record_makes_it_so(running: Running) -> None:
    data = os.urandom(1000)
    upload(running, data)
    assert get(running, data, day.SUPPLIER).status_code == 404
    assert get(running, data, day.AUDITOR).status_code == 404

    request = example("rejection", rejection_no=uuid.uuid4().hex[:12])
    request["blobs"] = [{"role": "photo", "sha256": sha256(data).hexdigest()}]
    posted = running.as_(day.SCHOOL).post("/v1/records", json=request)

    assert posted.status_code == 201, posted.text
    assert get(running, data, day.SUPPLIER).content == data
    assert get(running, data, day.AUDITOR).content == data
    assert get(running, data, OTHER_SCHOOL).status_code == 404


def test_a_record_names_only_what_its_own_submitter_uploaded(running: Running) -> None:
    data = os.urandom(1000)
    upload(running, data, OTHER_SCHOOL)
    request = example("rejection", rejection_no=uuid.uuid4().hex[:12])
    request["blobs"] = [{"role": "photo", "sha256": sha256(data).hexdigest()}]

    answer = running.as_(day.SCHOOL).post("/v1/records", json=request)

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:mealtrace:problem:missing-blob"


def test_personal_files_need_the_scope_and_reading_them_is_kept(running: Running) -> None:
    request = example("morning-check")
    request["payload"]["checked_at"] = "2026-11-23T05:41:12.000+08:00"
    posted = running.as_(day.GATEWAY).post("/v1/records", json=request)
    assert posted.status_code == 201, posted.text
    face = next(blob for blob in request["blobs"] if blob["role"] == "face")
    path = f"/v1/blobs/{face['sha256']}"

    assert running.as_(day.FUNDS).get(path).json()["type"] == "urn:mealtrace:problem:scope"
    assert running.as_(day.AUDITOR).get(path).status_code == 200


def test_an_abandoned_upload_leaves_nothing(running: Running) -> None:
    import socket

    blobs = running.settings.data_dir / "blobs"
    before = {path for path in blobs.rglob("*") if path.is_file()}
    host, port = running.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /v1/blobs HTTP/1.1\r\nHost: x\r\nContent-Type: image/jpeg\r\n"
            b"Content-Length: 1000000\r\nAuthorization: Bearer "
            + running.tokens[day.SCHOOL].encode()
            + b"\r\n\r\n"
            + bytes(500_000)
        )
    import time

    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        time.sleep(0.05)
        if {path for path in blobs.rglob("*") if path.is_file()} == before:
            break
    assert {path for path in blobs.rglob("*") if path.is_file()} == before


def test_a_broken_multipart_record_stores_no_record(running: Running) -> None:
    request = example("rejection", rejection_no=uuid.uuid4().hex[:12])
    request["blobs"] = []
    body = (
        b'--b\r\nContent-Disposition: form-data; name="record"\r\n\r\n'
        + json.dumps(request).encode()
        + b'\r\n--b\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n'
        b"Content-Type: image/jpeg\r\n\r\nhalf a phot"
    )

    answer = running.as_(day.SCHOOL, **{"Content-Type": "multipart/form-data; boundary=b"}).post(
        "/v1/records", content=body
    )

    assert answer.status_code == 400
    assert running.as_(day.SCHOOL).get(f"/v1/records/{request['id']}").status_code == 404
