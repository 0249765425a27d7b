"""Where webhooks may go: forms of URLs, and addresses that must not be called."""

import ipaddress

import pytest

from api.settings import Settings
from api.webhooks.targets import Allowed, check_url, host_of, refused

NONE = Allowed()
LOCAL = Allowed.of(Settings())
INTRANET = Allowed.of(Settings(webhook_networks="10.20.0.0/16, fd00:20::/32"))


def codes(url: str, kind: str = "webhook", allowed: Allowed = NONE) -> list[str]:
    return [fault.code for fault in check_url(url, kind, allowed)]


@pytest.mark.parametrize(
    "url",
    [
        "https://canteen.example/warnings",
        "https://canteen.example:8443/a?b=c&d=%20",
        "https://93.184.216.34/x",
        "https://[2606:2800:220:1::1]/x",
        "https://xn--fiq228c.example/",
    ],
)
def test_an_https_address_of_the_internet_is_taken(url: str) -> None:
    assert codes(url) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "url"), ("x", "url"), ("https://", "url"), ("https:///x", "url"),
        ("https://a b.example/", "url"), ("https://食.example/", "url"),
        ("https://a.example/\n", "url"), ("https://a.example:0/", "url"),
        ("https://a.example:99999/", "url"), ("https://[::1/", "url"),
        ("https://a.example\\@b.example/", "url"),
        ("http://canteen.example/", "scheme"), ("ftp://canteen.example/", "scheme"),
        ("file:///etc/passwd", "url"), ("gopher://a.example/", "scheme"),
        ("https://user:pw@a.example/", "parts"), ("https://a.example/#x", "parts"),
        ("https://127.0.0.1/", "private-address"), ("https://10.1.2.3/", "private-address"),
        ("https://169.254.169.254/latest", "private-address"),
        ("https://[::1]/", "private-address"), ("https://[fe80::1]/", "private-address"),
        ("https://[::ffff:10.0.0.1]/", "private-address"),
        ("http://127.0.0.1:9000/", "scheme"), ("http://localhost/", "scheme"),
    ],
)  # fmt: skip
def test_any_other_is_refused(url: str, code: str) -> None:
    assert code in codes(url)


def test_this_machine_is_reached_without_tls_only_where_one_process_is_everything() -> None:
    for url in ("http://127.0.0.1:9000/x", "http://localhost:9000/x", "http://[::1]:9000/x"):
        assert codes(url, allowed=LOCAL) == []
        assert codes(url, allowed=INTRANET) == ["scheme"]
    assert codes("http://10.0.0.1/", allowed=LOCAL) == ["scheme"]
    assert codes("https://10.0.0.1/", allowed=LOCAL) == ["private-address"]
    for shared in (
        Settings(database_url="postgresql+psycopg://u@h/d"),
        Settings(webhook_networks="none"),
    ):
        assert codes("http://127.0.0.1:9000/x", allowed=Allowed.of(shared)) == ["scheme"]
    sandbox = Settings(database_url="postgresql+psycopg://u@h/d", sandbox=True)
    assert codes("http://127.0.0.1:9000/x", allowed=Allowed.of(sandbox)) == []


def test_a_robot_s_address_names_the_robot() -> None:
    wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"
    dingtalk = "https://oapi.dingtalk.com/robot/send"

    assert codes(f"{wecom}?key=k", "wecom") == []
    assert codes(wecom, "wecom") == ["robot"]
    assert codes(f"{dingtalk}?access_token=t", "dingtalk") == []
    assert codes(f"{dingtalk}?key=k", "dingtalk") == ["robot"]


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "127.0.0.1", "127.255.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::",
        "2001:db8::1", "::7f00:1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public_are_not_called(address: str) -> None:
    assert not NONE.permits(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
)
def test_public_ones_are(address: str) -> None:
    assert NONE.permits(ipaddress.ip_address(address))


def test_the_operator_allows_networks() -> None:
    for address, allowed in (
        ("10.20.3.4", True), ("10.21.0.1", False), ("fd00:20::5", True), ("127.0.0.1", False),
        ("::ffff:10.20.3.4", True), ("93.184.216.34", True),
    ):  # fmt: skip
        assert INTRANET.permits(ipaddress.ip_address(address)) is allowed, address
    assert codes("https://10.20.3.4/x", allowed=INTRANET) == []


def test_a_network_that_is_none_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="not a network"):
        Settings(webhook_networks="10.20.0.0/16,intranet")


def test_a_name_with_one_forbidden_address_is_not_called_at_all() -> None:
    public, private = ipaddress.ip_address("93.184.216.34"), ipaddress.ip_address("10.0.0.1")
    here = ipaddress.ip_address("127.0.0.1")

    assert refused([public], NONE, tls=True) is None
    assert refused([public, private], NONE, tls=True) == private
    assert refused([public], LOCAL, tls=False) == public
    assert refused([here], LOCAL, tls=False) is None


def test_of_an_address_only_the_host_is_shown() -> None:
    assert host_of("https://a.example:8443/hidden?key=hidden") == "https://a.example:8443"
    assert host_of("https://u:p@a.example/x") == "https://a.example"
