"""The page of calls: whoever opens the service's address sees what it can do."""

import re
from base64 import b64encode
from hashlib import sha256

from playground import Running


def test_the_address_leads_to_a_page_of_every_call(running: Running) -> None:
    client = running.as_(None)

    root, answer = client.get("/"), client.get("/docs")

    assert (root.status_code, root.headers["Location"]) == (307, "/docs")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    for path, methods in client.get("/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code></h2>" in answer.text
    assert "<code>photo</code>" in answer.text, "how files go with a record"
    for anchor in re.findall(r'href="#([^"]+)"', answer.text):
        assert f'id="{anchor}"' in answer.text


def test_the_page_loads_nothing_and_its_style_is_the_one_its_policy_names(
    running: Running,
) -> None:
    answer = running.as_(None).get("/docs")

    policy = answer.headers["Content-Security-Policy"]
    (style,) = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"<script|src=|@import|url\(", answer.text)
