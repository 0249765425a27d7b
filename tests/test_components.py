"""The real components answer."""

import urllib.request

import psycopg
from components.anvil import Anvil
from components.s3 import S3Server


def test_postgres_answers_and_syncs_to_disk(postgres_url: str) -> None:
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        row = connection.execute("SHOW fsync").fetchone()

    assert row == ("on",)


def test_minio_is_live(minio_server: S3Server) -> None:
    url = f"http://{minio_server.endpoint}/minio/health/live"
    with urllib.request.urlopen(url) as answer:
        assert answer.status == 200


def test_versitygw_answers(versitygw_server: S3Server) -> None:
    assert versitygw_server.process.alive


def test_anvil_answers(anvil: Anvil) -> None:
    request = urllib.request.Request(
        anvil.url,
        data=b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        assert b"0x7a69" in answer.read()
