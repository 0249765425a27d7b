"""What is sent, byte for byte: our own signed JSON, and the messages of both robots."""

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest

from api.webhooks.asked import Asked
from api.webhooks.formats import Item, cut, dingtalk_query, request, signature, with_query
from ledger.oversight.messages import Message

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
NOW_MS = 1_790_000_000_123
LINK = "https://ledger.example/v1/records/01a206fd-6778-7a62-a7b8-0000000000c5"
ABOUT = {
    "id": "01a206fd-6778-7a62-a7b8-0000000000c5",
    "index": 7,
    "ledger": "ab" * 32,
    "logged_at": "2026-11-24T01:30:00.120Z",
    "occurred_at": "2026-11-24T01:30:00.000Z",
    "issuer": "operator:91210500MA0XR22L6F~engine",
    "subjects": ["canteen:2105020001~01", "school:2105020001"],
}
MISSING = Message(
    "missing-evidence", "major", "sample-of-dish", "缺少留样记录。", "A sample is owed."
)
ALERT = Message("inspection-alert", "minor", "no-hat", "未戴工作帽。", "No hat.")


def asked(kind: str, **changes: Any) -> Asked:
    url = {
        "webhook": "https://canteen.example/warnings",
        "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
        "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=t",
    }[kind]
    secret = {"webhook": SECRET, "wecom": None, "dingtalk": "SECabcdefgh"}[kind]
    return Asked.model_validate({"kind": kind, "url": url, "secret": secret, **changes})


def sent(kind: str, *messages: Message, link: str | None = LINK, **changes: Any) -> Any:
    items = [Item(message, ABOUT, link) for message in messages]
    return orjson.loads(request(asked(kind, **changes), items, id="x", now_ms=NOW_MS).body)


def test_our_own_json() -> None:
    assert sent("webhook", MISSING) == {
        "type": "missing-evidence",
        "timestamp": "2026-11-24T01:30:00.120Z",
        "data": {
            **ABOUT,
            "severity": "major",
            "code": "sample-of-dish",
            "text_en": "A sample is owed.",
            "text_zh": "缺少留样记录。",
            "link": LINK,
        },
    }


def test_it_is_signed_as_standard_webhooks_has_it() -> None:
    made = request(asked("webhook"), [Item(MISSING, ABOUT, LINK)], id="wh-7", now_ms=NOW_MS)

    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mac = hmac.new(key, b"wh-7.1790000000." + made.body, hashlib.sha256).digest()
    assert made.headers == {
        "webhook-id": "wh-7",
        "webhook-timestamp": "1790000000",
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }
    assert made.query == {}


def test_a_known_signature_is_reproduced() -> None:
    """As `openssl dgst -sha256 -mac HMAC` makes it of the same bytes."""
    made = signature(bytes(range(32)), "wh-7", "1790000000", b'{"type":"recall"}')

    assert made == "v1,M4WOSsaOB6xlYd9lRmv/lvxn3Zv/cEGHRKzCu9RUr0g="


def test_a_wecom_robot_gets_markdown_with_colour_and_link() -> None:
    assert sent("wecom", MISSING, ALERT) == {
        "msgtype": "markdown",
        "markdown": {
            "content": "### 食迹预警 2 条\n"
            '> <font color="warning">【较大】证据缺失</font> 缺少留样记录。 '
            f"[查看记录]({LINK})\n"
            '> <font color="comment">【一般】巡检预警</font> 未戴工作帽。 '
            f"[查看记录]({LINK})",
        },
    }


def test_a_wecom_robot_gets_text() -> None:
    assert sent("wecom", MISSING, format="text", link=None) == {
        "msgtype": "text",
        "text": {"content": "食迹预警 1 条\n【较大】证据缺失 缺少留样记录。"},
    }


def test_a_wecom_robot_gets_news() -> None:
    assert sent("wecom", MISSING, format="news") == {
        "msgtype": "news",
        "news": {
            "articles": [
                {"title": "食迹【较大】证据缺失", "description": "缺少留样记录。", "url": LINK}
            ]
        },
    }


def test_a_dingtalk_robot_gets_markdown_with_a_title() -> None:
    assert sent("dingtalk", MISSING, ALERT) == {
        "msgtype": "markdown",
        "markdown": {
            "title": "食迹预警：【较大】证据缺失",
            "text": "### 食迹预警 2 条\n\n"
            f"> **【较大】证据缺失** 缺少留样记录。 [查看记录]({LINK})\n\n"
            f"> **【一般】巡检预警** 未戴工作帽。 [查看记录]({LINK})",
        },
    }


def test_a_dingtalk_robot_gets_text_in_english() -> None:
    assert sent("dingtalk", MISSING, ALERT, format="text", language="en") == {
        "msgtype": "text",
        "text": {
            "content": "食迹 MealTrace: 2 warnings\n"
            f"[major] missing evidence A sample is owed. {LINK}\n"
            f"[minor] inspection alert No hat. {LINK}"
        },
    }


def test_both_languages_stand_in_one_message() -> None:
    content = sent("wecom", MISSING, language="both", format="text", link=None)["text"]["content"]

    assert content == (
        "食迹预警 1 条 MealTrace warnings\n【较大】证据缺失 缺少留样记录。 A sample is owed."
    )


def test_a_dingtalk_robot_s_sign_is_of_time_and_secret_and_url_encoded_once() -> None:
    made = request(asked("dingtalk"), [Item(ALERT, {}, None)], id="x", now_ms=NOW_MS)
    url = with_query(asked("dingtalk").url, made.query)

    digest = hmac.new(b"SECabcdefgh", f"{NOW_MS}\nSECabcdefgh".encode(), hashlib.sha256).digest()
    query = parse_qs(urlsplit(url).query)
    assert query == {
        "access_token": ["t"],
        "timestamp": [str(NOW_MS)],
        "sign": [base64.b64encode(digest).decode()],
    }
    assert "+" not in urlsplit(url).query
    assert made.headers == {}


def test_a_dingtalk_robot_without_secret_and_a_wecom_robot_are_not_signed() -> None:
    for one in (asked("dingtalk", secret=None), asked("wecom")):
        assert request(one, [Item(ALERT, {}, None)], id="x", now_ms=NOW_MS).query == {}


def test_a_known_sign_is_reproduced() -> None:
    """As `openssl dgst -sha256 -hmac` makes it of the same bytes."""
    assert dingtalk_query("this is secret", 1_577_262_236_757) == {
        "timestamp": "1577262236757",
        "sign": "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM=",
    }


@pytest.mark.parametrize(
    ("kind", "form", "member", "limit"),
    [
        ("wecom", "markdown", "content", 4096),
        ("wecom", "text", "content", 2048),
        ("dingtalk", "markdown", "text", 4096),
    ],
)
def test_as_many_go_into_a_message_as_fit(kind: str, form: str, member: str, limit: int) -> None:
    long = Message("recall", "major", None, "召" * 130, "r" * 300)
    items = [Item(long, ABOUT, LINK) for _ in range(50)]

    made = request(asked(kind, format=form), items, id="x", now_ms=NOW_MS)

    content = orjson.loads(made.body)[form][member]
    assert limit - 700 < len(content.encode()) <= limit
    assert 1 < made.taken < 50
    assert content.count("召" * 130) == made.taken
    assert f"{made.taken} 条" in content


def test_eight_articles_are_the_most_of_news_each_within_its_bytes() -> None:
    long = Message("recall", "major", None, "召" * 400, "r")
    made = request(
        asked("wecom", format="news"), [Item(long, ABOUT, LINK)] * 9, id="x", now_ms=NOW_MS
    )

    articles = orjson.loads(made.body)["news"]["articles"]
    assert made.taken == len(articles) == 8
    for article in articles:
        assert len(article["title"].encode()) <= 128
        assert len(article["description"].encode()) <= 512


def test_what_does_not_fit_alone_is_cut_between_signs() -> None:
    long = Message("recall", "major", None, "召" * 3000, "r")
    content = sent("wecom", long)["markdown"]["content"]

    assert len(content.encode()) <= 4096
    assert content.endswith("召…")
    assert cut("召回", 6) == "召回"
    assert cut("召回回", 8) == "召…"


def test_a_robot_s_message_has_the_word_by_which_it_may_be_let_through() -> None:
    for form in ("markdown", "text"):
        for language in ("zh", "en", "both"):
            body = request(
                asked("dingtalk", format=form, language=language),
                [Item(ALERT, {}, None)],
                id="x",
                now_ms=NOW_MS,
            ).body
            assert "食迹" in body.decode()
