"""What is sent: our own JSON, and the messages of a WeCom and a DingTalk group robot.

Our own is signed as Standard Webhooks 1.0 has it (standardwebhooks.com): headers `webhook-id`,
`webhook-timestamp` and `webhook-signature`, HMAC-SHA256 over `id.timestamp.body`.

WeCom group robot (企业微信群机器人, developer.work.weixin.qq.com/document/path/91770): `msgtype` text
(content ≤ 2,048 bytes), markdown (≤ 4,096 bytes; headings, bold, links, quotes, three colours) or news
(1-8 articles, title ≤ 128 and description ≤ 512 bytes, a link each).

DingTalk custom robot (钉钉自定义机器人, open.dingtalk.com, 自定义机器人接入): text or markdown with a title.
Signed robots want `timestamp` (ms) and `sign` in the query: HMAC-SHA256 under the secret over
time, line feed and secret, base64, then URL-encoded. What one message holds at most is kept as for WeCom.

Both take twenty messages a minute of one robot, and ask to put many into one: so they are.
"""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from api.webhooks.asked import Asked, key_of
from ledger.oversight.messages import Message

MARK: Final = "食迹"
"""Stands in every message of a robot: the keyword (自定义关键词) to give a DingTalk robot."""

_WECOM_TEXT: Final = 2_048
_MARKDOWN: Final = 4_096
_NEWS_TITLE: Final = 128
_NEWS_DESCRIPTION: Final = 512
_NEWS: Final = 8
_COLOURS: Final = {"minor": "comment", "major": "warning", "critical": "warning"}


@dataclass(frozen=True, slots=True)
class Item:
    """One message about one record.

    Attributes:
        message: what is told.
        about: what programs want to know of the record; empty for the greeting.
        link: where the record is read; None where the installation does not know its address.
    """

    message: Message
    about: Mapping[str, Any]
    link: str | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One HTTP request, but for where it goes.

    Attributes:
        body: JSON.
        headers: beside the content type.
        query: added to the address.
        taken: how many of the items are in it, from the first on.
    """

    body: bytes
    headers: Mapping[str, str]
    query: Mapping[str, str]
    taken: int


def request(asked: Asked, items: Sequence[Item], *, id: str, now_ms: int) -> Sent:  # noqa: A002
    """The request that tells a subscription of these items, or of as many as fit.

    Args:
        asked: what was asked for.
        items: at least one; of a `webhook` the first is taken.
        id: the same each time it is sent.
        now_ms: of this attempt.
    """
    if asked.kind == "webhook":
        return _signed(asked, items[0], id, now_ms)
    body, taken = _robot(asked, items)
    query = {}
    if asked.kind == "dingtalk" and asked.secret is not None:
        query = dingtalk_query(asked.secret, now_ms)
    return Sent(orjson.dumps(body), {}, query, taken)


def _signed(asked: Asked, item: Item, id: str, now_ms: int) -> Sent:  # noqa: A002
    assert asked.secret is not None
    message = item.message
    body = orjson.dumps(
        {
            "type": message.type,
            "timestamp": item.about.get("logged_at"),
            "data": {
                **item.about,
                "severity": message.severity,
                "code": message.code,
                "text_en": message.en,
                "text_zh": message.zh,
                "link": item.link,
            },
        }
    )
    sent_at = str(now_ms // 1000)
    headers = {
        "webhook-id": id,
        "webhook-timestamp": sent_at,
        "webhook-signature": signature(key_of(asked.secret), id, sent_at, body),
    }
    return Sent(body, headers, {}, 1)


def signature(key: bytes, id: str, sent_at: str, body: bytes) -> str:  # noqa: A002
    """`v1,` and the base64 of an HMAC-SHA256 over id, time and body, joined by full stops."""
    signed = b".".join((id.encode(), sent_at.encode(), body))
    return "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()


def dingtalk_query(secret: str, now_ms: int) -> dict[str, str]:
    """`timestamp` and `sign` of a robot with a secret; to be URL-encoded once."""
    said = f"{now_ms}\n{secret}".encode()
    sign = b64encode(hmac.new(secret.encode(), said, sha256).digest()).decode()
    return {"timestamp": str(now_ms), "sign": sign}


def with_query(url: str, query: Mapping[str, str]) -> str:
    """A URL with more parameters."""
    return url if not query else f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _robot(asked: Asked, items: Sequence[Item]) -> tuple[dict[str, Any], int]:
    if asked.format == "news":
        return _news(asked, items)
    plain = asked.format == "text"
    limit = _WECOM_TEXT if plain else _MARKDOWN
    between = "\n" if plain or asked.kind == "wecom" else "\n\n"
    text, taken = _joined(asked, items, limit, between)
    if plain:
        return {"msgtype": "text", "text": {"content": text}}, taken
    if asked.kind == "wecom":
        return {"msgtype": "markdown", "markdown": {"content": text}}, taken
    title = f"{MARK}预警：{items[0].message.title_zh}"
    return {"msgtype": "markdown", "markdown": {"title": title, "text": text}}, taken


def _joined(asked: Asked, items: Sequence[Item], limit: int, between: str) -> tuple[str, int]:
    """A heading and as many items as fit, each a line; the first always does, cut if it must."""
    lines: list[str] = []
    size = len(f"{_heading(asked, len(items))}{between}".encode())
    for item in items:
        line = _line(asked, item)
        size += len(f"{line}{between}".encode())
        if lines and size > limit:
            break
        lines.append(line)
    text = between.join([_heading(asked, len(lines)), *lines])
    return cut(text, limit), len(lines)


def _heading(asked: Asked, count: int) -> str:
    words = {
        "zh": f"{MARK}预警 {count} 条",
        "en": f"{MARK} MealTrace: {count} warning{'s' if count > 1 else ''}",
        "both": f"{MARK}预警 {count} 条 MealTrace warnings",
    }[asked.language]
    return words if asked.format == "text" else f"### {words}"


def _line(asked: Asked, item: Item) -> str:
    title, said = _said(asked, item.message)
    if asked.format == "text":
        return f"{title} {said}" + (f" {item.link}" if item.link else "")
    if asked.kind == "wecom":
        title = f'<font color="{_COLOURS[item.message.severity]}">{title}</font>'
    else:
        title = f"**{title}**"
    link = f" [{'record' if asked.language == 'en' else '查看记录'}]({item.link})"
    return f"> {title} {said}" + (link if item.link else "")


def _said(asked: Asked, message: Message) -> tuple[str, str]:
    """Title and sentence in the language asked for."""
    if asked.language == "en":
        return message.title_en, message.en
    if asked.language == "zh":
        return message.title_zh, message.zh
    return message.title_zh, f"{message.zh} {message.en}"


def _news(asked: Asked, items: Sequence[Item]) -> tuple[dict[str, Any], int]:
    articles = []
    for item in items[:_NEWS]:
        title, said = _said(asked, item.message)
        articles.append(
            {
                "title": cut(f"{MARK}{title}", _NEWS_TITLE),
                "description": cut(said, _NEWS_DESCRIPTION),
                "url": item.link or "",
            }
        )
    return {"msgtype": "news", "news": {"articles": articles}}, len(articles)


def cut(text: str, limit: int) -> str:
    """Text of at most so many bytes in UTF-8, with an ellipsis where something is missing."""
    data = text.encode()
    if len(data) <= limit:
        return text
    return data[: limit - 3].decode("utf-8", "ignore") + "…"
