"""The calls of the service as one page, for whoever opens its address in a browser.

Written from the OpenAPI document, so that it cannot say something else. It loads nothing: no script,
and one style sheet in the page, which the Content-Security-Policy names by its hash.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from html import escape
from typing import Any, Final

_STYLE: Final = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto;background:#f5f5f5;padding:.7rem}
h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{margin-top:2rem}table{border-collapse:collapse}
td,th{text-align:left;vertical-align:top;padding:.2rem .8rem .2rem 0}.open{color:#267326}
"""

POLICY: Final = (
    "default-src 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + b64encode(sha256(_STYLE.encode()).digest()).decode()
    + "'"
)
"""The page's Content-Security-Policy."""

_ABOUT: Final = (
    "<p>Errors are JSON with a sentence in English and Chinese for each field at fault. "
    "出错时返回 JSON，逐个字段用中英文说明原因和做法。</p>"
    '<p>The same for programs 供程序使用：<a href="/openapi.json">/openapi.json</a>. '
    "Record types with their fields, each with an example that posts "
    '记录类型、字段及可提交的示例：<a href="/v1/types">/v1/types</a>.</p>'
)

_CODE: Final = re.compile(r"`([^`]+)`")


def render(document: Mapping[str, Any]) -> str:
    """The page of an OpenAPI document."""
    calls = [
        (method.upper(), path, call)
        for path, methods in document["paths"].items()
        for method, call in methods.items()
    ]
    title = escape(document["info"]["title"])
    listed = "".join(
        f'<li><a href="#{_anchor(method, path)}"><code>{method} {escape(path)}</code></a> '
        f"{_text(call['summary'])}</li>"
        for method, path, call in calls
    )
    body = [
        f"<h1>{title}: calls 接口</h1>",
        f"<p>{_text(document['info']['summary'])}</p>",
        _ABOUT,
        f"<ul>{listed}</ul>",
    ]
    for method, path, call in calls:
        body += _call(document, method, path, call)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
        f"<body>{''.join(body)}</body></html>"
    )


def _call(
    document: Mapping[str, Any], method: str, path: str, call: Mapping[str, Any]
) -> Iterator[str]:
    yield f'<h2 id="{_anchor(method, path)}"><code>{method} {escape(path)}</code></h2>'
    for paragraph in call["description"].split("\n\n"):
        yield f"<p>{_text(paragraph)}</p>"
    if not call.get("security"):
        yield '<p class="open">No token needed 无需令牌.</p>'
    parameters = call.get("parameters", ())
    if parameters:
        yield "<h3>Parameters 参数</h3><table>"
        for one in parameters:
            must = " (required 必填)" if one["required"] else ""
            said = one.get("description", one["schema"].get("description", ""))
            yield f"<tr><td><code>{escape(one['name'])}</code>{must}</td><td>{_text(said)}</td></tr>"
        yield "</table>"
    content = call.get("requestBody", {}).get("content", {})
    if content:
        yield "<h3>Body 请求体</h3><table>"
        for media_type, told in content.items():
            yield f"<tr><td><code>{media_type}</code></td><td>{_text(told.get('description', ''))}</td></tr>"
            for name, said in _members(document, told["schema"]):
                yield f"<tr><td><code>{escape(name)}</code></td><td>{_text(said)}</td></tr>"
        yield "</table>"
    yield "<h3>Answers 应答</h3><table>"
    for status, answer in call["responses"].items():
        media = ", ".join(answer.get("content", ()))
        yield f"<tr><td><code>{status}</code></td><td>{_text(answer['description'])} {media}</td></tr>"
        if status.startswith("2"):
            for told in answer.get("content", {}).values():
                for name, said in _members(document, told["schema"]):
                    yield f"<tr><td><code>{escape(name)}</code></td><td>{_text(said)}</td></tr>"
    yield "</table>"


def _members(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The members of an object, each with what is said of it."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    required = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        said = member.get("description", "") or str(member.get("type", ""))
        yield name, said + (" (required 必填)" if name in required else "")
    others = schema.get("additionalProperties")
    if isinstance(others, dict) and "description" in others:
        yield "…", others["description"]


def _anchor(method: str, path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{method}{path}".lower()).strip("-")


def _text(said: str) -> str:
    """Text with its `code` marked."""
    return _CODE.sub(r"<code>\1</code>", escape(said, quote=False))
