"""What a subscription asks for: where to, in which form, and of which records.

One model for the service and the command line. It is what is sealed of a subscription; the secret is
shown once, to whoever made it.
"""

import base64
import secrets
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from api.webhooks.targets import Allowed, check_url
from ledger.errors import Fault, RefusedError
from ledger.evidence.faults import of_pydantic, wrong
from ledger.evidence.subjects import is_about
from ledger.oversight import messages
from ledger.oversight.messages import Message, Severity

SECRET: Final = "whsec_"  # noqa: S105 - how a secret begins, no secret
_SECRET_SIZE: Final = 32


def _known(kind: str) -> str:
    if kind not in messages.KINDS:
        listed = ", ".join(messages.KINDS)
        raise wrong("unknown-type", f"there are warnings of {listed}", f"可订阅的类型：{listed}")
    return kind


WarningType = Annotated[str, AfterValidator(_known)]
School = Annotated[str, Field(pattern=r"^school:[0-9]{10}$")]
Kind = Literal["webhook", "wecom", "dingtalk"]
Format = Literal["markdown", "text", "news"]
Language = Literal["zh", "en", "both"]


class Asked(BaseModel):
    """A request for a subscription. `types` and `schools` left out ask for all there are."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    kind: Kind = Field(description="`webhook`: signed JSON; `wecom`, `dingtalk`: a group's robot.")
    url: Annotated[str, Field(min_length=8, max_length=2000)] = Field(
        description="`https://…`, for a robot as its group shows it."
    )
    secret: Annotated[str, Field(min_length=8, max_length=200)] | None = Field(
        None,
        description="Of a `dingtalk` robot with signatures (加签): `SEC…`. That of a `webhook` is "
        "drawn, and stands in this answer only.",
    )
    types: Annotated[list[WarningType], Field(min_length=1, max_length=50)] | None = Field(
        None, description="Record types; default: all there are warnings of."
    )
    schools: Annotated[list[School], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="Only what is about these schools or their canteens."
    )
    severity: Severity = Field("minor", description="Only what is as grave as this, or graver.")
    language: Language = Field("zh", description="Of what a robot says.")
    format: Format = Field("markdown", description="How a robot says it; `news`: WeCom only.")
    label: Annotated[str, Field(max_length=100)] = Field("", description="What it is for.")

    @property
    def robot(self) -> bool:
        """Whether it goes to a group's robot."""
        return self.kind != "webhook"

    def wants(self, message: Message, subjects: tuple[str, ...]) -> bool:
        """Whether a message passes the filters; whether its party may read it is another matter."""
        if not messages.at_least(message.severity, self.severity):
            return False
        if self.types is not None and message.type not in self.types:
            return False
        return self.schools is None or any(
            is_about(name, school) for name in subjects for school in self.schools
        )

    def to_text(self) -> str:
        """As it is sealed."""
        return orjson.dumps(self.model_dump()).decode()

    @staticmethod
    def of_text(text: str) -> "Asked":
        """What was sealed."""
        return Asked.model_validate(orjson.loads(text))


def read(request: Mapping[str, Any], allowed: Allowed, *, linked: bool) -> Asked:
    """A request made into a subscription, with a secret of its own where one is drawn.

    Args:
        request: members by name.
        allowed: where webhooks may go.
        linked: whether messages can have a link: the installation knows its own address.

    Raises:
        RefusedError: `schema`, every fault.
    """
    try:
        asked = Asked.model_validate(request)
    except ValidationError as error:
        found = [_in_our_words(fault) for fault in of_pydantic(error, "")]
        raise RefusedError("schema", found) from error
    faults = list(check_url(asked.url, asked.kind, allowed))
    if asked.kind == "webhook" and asked.secret is not None:
        faults.append(
            _fault(
                "secret",
                "drawn",
                "the secret is drawn here; leave it out",
                "密钥由本服务生成，请省略",
            )
        )
    if asked.kind == "wecom" and asked.secret is not None:
        faults.append(
            _fault(
                "secret",
                "not-here",
                "a WeCom robot has no secret beside its address; leave it out",
                "企业微信群机器人除地址外没有密钥，请省略",
            )
        )
    if asked.format == "news" and not (asked.kind == "wecom" and linked):
        faults.append(
            _fault(
                "format",
                "news",
                "news is a form of WeCom's, and needs MEALTRACE_PUBLIC_URL for its links; take "
                "markdown or text",
                "news 仅用于企业微信，且运营方须设置 MEALTRACE_PUBLIC_URL；请用 markdown 或 text",
            )
        )
    if faults:
        raise RefusedError("schema", faults)
    if asked.kind == "webhook":
        return asked.model_copy(update={"secret": _draw()})
    return asked


def key_of(secret: str) -> bytes:
    """The bytes of a drawn secret, with which messages are signed."""
    return base64.b64decode(secret.removeprefix(SECRET))


def _draw() -> str:
    return SECRET + base64.b64encode(secrets.token_bytes(_SECRET_SIZE)).decode()


def _in_our_words(fault: Fault) -> Fault:
    """A member that nobody knows has another way out here than in a record."""
    if fault.code != "unknown-field":
        return fault
    listed = ", ".join(Asked.model_fields)
    return Fault(
        fault.pointer,
        fault.code,
        f"there is no such member; there are {listed}",
        f"没有该成员；可用：{listed}",
    )


def _fault(member: str, code: str, en: str, zh: str) -> Fault:
    return Fault(f"/{member}", code, en, zh)
