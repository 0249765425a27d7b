"""Where webhooks may go: a URL's form when it is given, its addresses each time it is called (SSRF).

Whoever may subscribe chooses what this service calls, from inside its network. So the name is looked
up anew for each attempt, every address found must be a public one, or one of the networks that the
operator allows, and the connection goes to the very address that was looked at. Redirects are not
followed.
"""

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qs, urlsplit

from api.settings import Network, Settings
from ledger.errors import Fault

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LOOPBACK: Final[tuple[Network, ...]] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_ROBOT_KEYS: Final = {"wecom": "key", "dingtalk": "access_token"}
"""The parameter that names the robot in its address."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What is allowed beside public addresses.

    Attributes:
        networks: private networks that webhooks may go to.
    """

    networks: tuple[Network, ...] = ()

    @staticmethod
    def of(settings: Settings) -> "Allowed":
        """What the operator allows; this machine by default where one process is everything."""
        if settings.webhook_networks is not None:
            return Allowed(settings.private_networks)
        return Allowed(_LOOPBACK if settings.embedded or settings.sandbox else ())

    @property
    def loopback(self) -> bool:
        """Whether this machine is allowed, and so a URL without TLS to it."""
        return any(network.is_loopback for network in self.networks)

    def permits(self, address: Address) -> bool:
        """Whether a connection to an address may be made."""
        return all(self._permits(one) for one in _meant(address))

    def _permits(self, address: Address) -> bool:
        if any(address in network for network in self.networks):
            return True
        return address.is_global and not address.is_multicast and not address.is_reserved


def check_url(url: str, kind: str, allowed: Allowed) -> Iterator[Fault]:
    """What is wrong with a URL that somebody wants called; its name is not looked up."""
    parts = _split(url)
    if parts is None or not parts.hostname:
        yield _fault(
            "url", "give an https address, as in https://example.org/warnings", "应为 https 地址"
        )
        return
    if "@" in parts.netloc or parts.fragment:
        yield _fault(
            "parts",
            "leave out what stands before @ and after #",
            "请去掉 @ 之前和 # 之后的部分",
        )
    literal = _literal(parts.hostname)
    if parts.scheme != "https" and not (
        parts.scheme == "http" and allowed.loopback and is_this_machine(parts.hostname)
    ):
        yield _fault("scheme", "the address must begin with https://", "地址须以 https:// 开头")
    elif literal is not None and not allowed.permits(literal):
        yield _fault(
            "private-address",
            "this address is not public; the operator may allow its network "
            "(MEALTRACE_WEBHOOK_NETWORKS)",
            "该地址不是公网地址；可由运营方放行其网段（MEALTRACE_WEBHOOK_NETWORKS）",
        )
    key = _ROBOT_KEYS.get(kind)
    if key is not None and not parse_qs(parts.query).get(key):
        yield _fault(
            "robot",
            f"copy the robot's whole address, with ?{key}=",
            f"请完整复制机器人地址，含 ?{key}=",
        )


def host_of(url: str) -> str:
    """Scheme and host of a URL: what may be shown of it, for the rest is as good as a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def is_this_machine(host: str) -> bool:
    """Whether a host names this machine by a loopback address, or as localhost."""
    literal = _literal(host)
    return host == "localhost" if literal is None else literal.is_loopback


def refused(found: Iterable[Address], allowed: Allowed, *, tls: bool) -> Address | None:
    """The first address of those a name stands for that must not be called; None without any."""
    for address in found:
        if not allowed.permits(address) or (not tls and not address.is_loopback):
            return address
    return None


def _split(url: str) -> SplitResult | None:
    """The parts of a URL that is plain ASCII without blanks; None of any other."""
    if not url.isascii() or any(sign <= " " or sign in '"<>\\^`{|}\x7f' for sign in url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _meant(address: Address) -> list[Address]:
    """The address itself, or those of IPv4 that stand within one of IPv6."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address in _NAT64:
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        return [address.sixtofour]
    return [address] if address.teredo is None else [*address.teredo]


def _fault(code: str, en: str, zh: str) -> Fault:
    return Fault("/url", code, en, zh)
