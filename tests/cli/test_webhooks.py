"""`mealtrace webhooks`: set up by the operator, for robots and receivers."""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from io import StringIO
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from api.installation import open_installation
from api.settings import Settings
from api.webhooks.asked import Asked

Done = CompletedProcess[str]
Run = Callable[..., Done]

SCHOOL = "school:2105020001"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=hidden"

pytestmark = pytest.mark.usefixtures("founded")


def answer(done: Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def stored(home: Path) -> list[Asked]:
    with closing(open_installation(Settings(home=home))) as opened:
        return [Asked.of_text(one.asked) for one in opened.store.webhooks.all()]


def test_a_receiver_is_added_listed_and_removed(mealtrace: Run) -> None:
    made = answer(
        mealtrace(
            "webhooks", "add", SCHOOL, "https://canteen.example/hidden", "--type", "recall", "--type",
            "incident", "--severity", "major", "--label", "office", "--json",
        )
    )  # fmt: skip
    assert made["secret"].startswith("whsec_")

    [listed] = answer(mealtrace("webhooks", "list", "--json"))
    assert listed == {name: value for name, value in made.items() if name != "secret"}
    assert listed["types"] == ["recall", "incident"]
    shown = mealtrace("webhooks", "list", SCHOOL).stdout
    assert "https://canteen.example" in shown
    assert "hidden" not in shown
    assert answer(mealtrace("webhooks", "list", "school:2105020002", "--json")) == []

    assert mealtrace("webhooks", "remove", made["id"]).returncode == 0
    assert answer(mealtrace("webhooks", "list", "--json")) == []
    gone = mealtrace("webhooks", "remove", made["id"], LANG="zh_CN.UTF-8")
    assert (gone.returncode, "没有订阅" in gone.stderr) == (1, True)


def test_a_robot_s_address_is_read_from_standard_input(
    mealtrace: Run, founded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(f"{WECOM}\n"))
    done = mealtrace("webhooks", "add", SCHOOL, "-", "--kind", "wecom", "--format", "text")

    assert done.returncode == 0, done.stderr
    assert "hidden" not in done.stdout
    [asked] = stored(founded)
    assert (asked.url, asked.kind, asked.format) == (WECOM, "wecom", "text")


def test_a_dingtalk_robot_s_secret_comes_from_a_file(
    mealtrace: Run, founded: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "ding.secret"
    secret.write_text("SEChidden\n")
    secret.chmod(0o600)
    url = "https://oapi.dingtalk.com/robot/send?access_token=hidden"
    done = mealtrace(
        "webhooks", "add", SCHOOL, url, "--kind", "dingtalk", "--secret-file", str(secret)
    )

    assert done.returncode == 0, done.stderr
    assert "SEChidden" not in done.stdout
    [asked] = stored(founded)
    assert (asked.secret, asked.url) == ("SEChidden", url)


@pytest.mark.parametrize(
    ("arguments", "says", "chinese"),
    [
        (("http://canteen.example/",), "must begin with https://", "须以 https:// 开头"),
        (("https://10.0.0.1/",), "MEALTRACE_WEBHOOK_NETWORKS", "不是公网地址"),
        (("https://canteen.example/", "--kind", "wecom"), "?key=", "?key="),
        (("https://canteen.example/", "--type", "order"), "there are warnings of", "可订阅的类型"),
        (("https://canteen.example/", "--school", "school:1"), "schools", "格式应为"),
    ],
)
def test_what_cannot_be_is_refused_in_the_reader_s_language(
    mealtrace: Run, arguments: tuple[str, ...], says: str, chinese: str
) -> None:
    english = mealtrace("webhooks", "add", SCHOOL, *arguments)
    other = mealtrace("webhooks", "add", SCHOOL, *arguments, LANG="zh_CN.UTF-8")

    assert english.returncode == other.returncode == 1
    assert says in english.stderr or "0: does not match" in english.stderr
    assert chinese in other.stderr


def test_a_replay_is_asked_for(mealtrace: Run) -> None:
    made = answer(mealtrace("webhooks", "add", SCHOOL, "https://canteen.example/", "--json"))

    asked = answer(mealtrace("webhooks", "replay", made["id"], "--index-from", "0", "--json"))
    again = mealtrace("webhooks", "replay", made["id"], "--index-from", "0", LANG="zh_CN.UTF-8")

    assert asked["index_from"] == 0
    assert asked["index_to"] >= 1
    assert (again.returncode, "正在重新推送" in again.stderr) == (1, True)
    assert mealtrace("webhooks", "replay", "nobody", "--index-from", "0").returncode == 1
    assert mealtrace("webhooks", "replay", made["id"]).returncode == 1


def test_networks_that_are_none_are_named(mealtrace: Run) -> None:
    done = mealtrace("webhooks", "list", MEALTRACE_WEBHOOK_NETWORKS="intranet", LANG="zh_CN.UTF-8")

    assert done.returncode == 2
    assert "不是网段" in done.stderr
