"""The demo from its first line to its last; raises or returns False if anything is not as it should.

found → people and roles → a school day → what is wrong → anchor → a proof in a stranger's hands → lies
"""

import contextlib
import json
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.progress import BarColumn, Progress, TextColumn

from api.demo import attacks, cast, oversight, proof
from api.demo.day import live
from api.demo.floor import NEEDED, READING, Floor, missing
from api.demo.gateway import Gateway
from api.demo.goods import MEAL_FEN, MEALS
from api.demo.posting import ZONE, Poster
from api.demo.service import DemoService
from api.demo.stage import Stage
from devices.client import Evidence, MealtraceClient, Receipt, SigningKey
from ledger.errors import LedgerError, VerificationError
from ledger.merkle import leaf_hash

PEOPLE = (
    "supplier", "buyer", "driver", "storekeeper", "teacher", "cook", "second cook", "head cook",
    "inspector", "officer", "clerk", "treasurer",
)  # fmt: skip


@dataclass(slots=True)
class Ledger:
    """What the demo holds while it runs."""

    service: DemoService
    keys: dict[str, SigningKey]
    clients: dict[str, MealtraceClient]
    tokens: dict[str, str]
    genesis: bytes

    def close(self) -> None:
        """Close the clients, end the service."""
        for client in self.clients.values():
            client.close()
        self.service.stop()

    def floor(self) -> Floor:
        """The school's devices with their gateway, in a folder beside the service's own."""
        client = self.clients[cast.GATEWAY]
        gateway = Gateway(
            self.service.home.parent / "kitchen",
            cast.GATEWAY,
            self.keys[cast.GATEWAY],
            client.trusted().policy,
            client,
            self.tokens[cast.GATEWAY],
        )
        return Floor(gateway, self.service.port)

    def pseudonym(self, party: str, kind: str, identity: str) -> str:
        """A random subject for somebody, or for an account."""
        answer = httpx.post(
            f"{self.service.url}/v1/pseudonyms",
            json={"kind": kind, "identity": identity},
            headers={"Authorization": f"Bearer {self.tokens[party]}"},
            timeout=10,
        )
        return str(answer.raise_for_status().json()["subject"])


def run(stage: Stage, *, folder: Path | None = None) -> bool:
    """Play the demo; whether every step and every lie came out as it should.

    Args:
        stage: where it is shown.
        folder: kept afterwards; None: a temporary one, removed.
    """
    stage.title(
        "MealTrace 食迹",
        "食迹 MealTrace",
        below_en="One school day, in a ledger that nobody has to trust.",
        below_zh="一个供餐日，一本无需信任任何人的账本。",
    )
    with contextlib.ExitStack() as stack:
        home = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mealtrace-")))
        ledger = _found(stage, home / "ledger")
        stack.callback(ledger.close)
        people, account = _people(stage, ledger)
        day = _day(stage, ledger, people, account)
        _history(stage, ledger, account)
        seen = _oversight(stage, ledger, day)
        _anchor(stage, ledger)
        good = proof.shown(stage, ledger.service, ledger.clients, day.receipts, home)
        return _lies(stage, ledger, day.receipts["weigh-in 2"]) and good and seen


def _found(stage: Stage, home: Path) -> Ledger:
    stage.act("A ledger is founded", "创建账本")
    keys = {party.party: SigningKey.generate() for party in cast.CAST if party.signs}
    authority = keys[cast.ADMISSION]
    service = DemoService(
        home,
        operator=cast.OPERATOR,
        authorities=[{"party": cast.ADMISSION, "jwk": authority.public_jwk}],
    )
    seconds = service.start()
    entries = httpx.get(f"{service.url}/tile/entries/000.p/1", timeout=10)
    genesis = leaf_hash(entries.content[2:])
    stage.done(
        "keys, database, contract and genesis made; genesis anchored",
        "密钥、数据库、合约与创世记录已就绪，创世记录已锚定",
        f"{seconds:.1f} s",
    )
    stage.done(
        "the education bureau's key stands in genesis: it vouches for all others",
        "教育局的公钥写入创世记录，由其为其他密钥背书",
        genesis.hex()[:16] + "…",
    )
    return Ledger(service, keys, {}, {}, genesis)


def _people(stage: Stage, ledger: Ledger) -> tuple[dict[str, str], str]:
    stage.act("Who takes part, and who never holds both sides", "参与各方：管钱不管物，管物不管钱")
    service = ledger.service
    now = datetime.now(ZONE)
    with MealtraceClient(service.url, service.admin_token) as admin:
        records = [
            Evidence("party-registration", {"party": p.party, "name": p.name}, now)
            for p in cast.CAST
        ]
        records += [
            Evidence("role-grant", {"party": p.party, "role": role, "granted": True}, now)
            for p in cast.CAST
            for role in p.roles
        ]
        records += [
            Evidence(
                "device-registration",
                {
                    "device": device,
                    "owner": cast.SCHOOL,
                    "gateway": cast.GATEWAY,
                    "kind": kind,
                    "model": model,
                    "serial": serial,
                },
                now,
            )
            for device, kind, model, serial in cast.DEVICES
        ]
        _all_stored(admin, records)
    parties = [party.party for party in cast.CAST]
    with ThreadPoolExecutor(4) as pool:  # each token is a process of the command line
        ledger.tokens.update(zip(parties, pool.map(partial(_token, service), parties), strict=True))
    for name, token in ledger.tokens.items():
        ledger.clients[name] = MealtraceClient(service.url, token, party=name)
    bureau = ledger.clients[cast.ADMISSION]
    for name, key in ledger.keys.items():
        if name == cast.ADMISSION:
            continue
        bureau.post(
            "key-registration",
            {
                "party": name,
                "jwk": key.public_jwk,
                "possession": key.possession(ledger.genesis, name),
            },
            occurred_at=now,
            key=ledger.keys[cast.ADMISSION],
        )
    stage.table(
        (("party", "主体"), ("name", "名称"), ("roles", "角色"), ("speaks by", "表达方式")),
        (
            (
                party.party,
                party.name,
                ", ".join(party.roles),
                stage.say("own key", "自有密钥") if party.signs else stage.say("token", "令牌"),
            )
            for party in cast.CAST
        ),
    )
    _wall(stage, ledger, now)
    people = {who: ledger.pseudonym(cast.SCHOOL, "person", f"demo {who}") for who in PEOPLE}
    account = ledger.pseudonym(cast.FUNDS, "account", "6200 0000 0001")
    stage.done(
        f"{len(people)} people appear under pseudonyms only",
        f"{len(people)} 名人员仅以化名出现",
        people["cook"],
    )
    return people, account


def _wall(stage: Stage, ledger: Ledger, now: datetime) -> None:
    """The school asks for the purse: refused, and counted."""
    try:
        with MealtraceClient(ledger.service.url, ledger.service.admin_token) as admin:
            admin.post(
                "role-grant",
                {"party": cast.SCHOOL, "role": "bureau-funds", "granted": True},
                occurred_at=now,
            )
    except LedgerError as error:
        stage.caught(
            f"the school cannot be given the purse as well: {_first_line(error)}",
            "学校不能同时管钱：授权被拒绝并记录",
        )
        return
    raise VerificationError("the wall let one party hold money and goods")


def _day(stage: Stage, ledger: Ledger, people: dict[str, str], account: str) -> Poster:
    stage.act("A school day", "一个供餐日")

    def told(en: str, zh: str, receipt: Receipt) -> None:
        stage.done(en, zh, f"#{receipt.index}")

    yesterday = (datetime.now(ZONE) - timedelta(days=1)).date()
    with contextlib.ExitStack() as stack:
        floor = ledger.floor() if _emulated(stage) else None
        if floor is not None:
            stack.enter_context(floor)
        day = Poster(
            ledger.clients, ledger.keys, people, account, yesterday, told, stage.line, floor
        )
        live(day)
    return day


def _emulated(stage: Stage) -> bool:
    """Whether the devices are emulated, where what they need is installed; says what is left out."""
    if lacking := missing(NEEDED):
        names = ", ".join(lacking)
        stage.line(
            f"what the devices say is made up, for want of {names}: pip install 'mealtrace[demo]'",
            f"设备读数为示例数据，因缺少 {names}：pip install 'mealtrace[demo]' 后由模拟设备产生",
        )
        return False
    if lacking := missing(READING):
        names = ", ".join(lacking)
        stage.line(
            f"no display is read from its photo, for want of {names}: "
            "pip install 'mealtrace[demo]'",
            f"不从照片读取显示屏，因缺少 {names}：pip install 'mealtrace[demo]' 后即可读取",
        )
    stage.line(
        "yesterday's, played within a minute; the clocks of people and devices are set to it",
        "以下重演昨天的一日：人员与设备的时钟均拨到当日",
    )
    return True


def _oversight(stage: Stage, ledger: Ledger, day: Poster) -> bool:
    stage.act("What is wrong, and what is missing", "哪里不对，缺了什么")
    done = ledger.service.run("policies", "post")
    _must(done)
    stage.done(
        f"{len(done.stdout.splitlines())} sets of rules are put in force, as records of the log",
        f"{len(done.stdout.splitlines())} 类规则作为记录写入账本并生效",
    )
    rules = json.loads(ledger.service.run("policies", "show", "completeness").stdout)
    rules["grace_s"] = dict.fromkeys(rules["grace_s"], 0)
    file = ledger.service.home / "completeness.json"
    file.write_text(json.dumps(rules), "utf-8")
    _must(ledger.service.run("policies", "post", "completeness", str(file)))
    stage.done(
        "a second version gives nobody a day's grace: this demo cannot wait so long",
        "第二版规则不留宽限：演示等不了一天",
    )
    oversight.refused(stage, day)
    oversight.lies(day)
    token = ledger.tokens[cast.AUDITOR]
    return oversight.found(stage, ledger.service.url, token, day.receipts)


def _history(stage: Stage, ledger: Ledger, account: str) -> None:
    """The bank brings in a year of meal payments by one call, so that a tile fills up."""
    today = datetime.now(ZONE).date()
    days = [today - timedelta(days=number) for number in range(2, 242)]
    records = [
        Evidence(
            "meal-payment",
            {
                "batch_no": f"B-{day:%Y%m%d}",
                "school": cast.SCHOOL,
                "business_on": day.isoformat(),
                "channel": "bank-app",
                "account": account,
                "payments": MEALS,
                "amount_fen": MEALS * MEAL_FEN,
                "refunds_fen": 0,
                "fees_fen": 0,
                "lines_root": leaf_hash(day.isoformat().encode()).hex(),
            },
            datetime.combine(day, datetime.min.time(), ZONE),
        )
        for day in days
    ]
    with Progress(
        TextColumn(stage.say("   a year of payments", "   补录历史缴费")),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        console=stage.console,
        transient=True,
    ) as progress:
        task = progress.add_task("", total=len(records))
        _all_stored(ledger.clients[cast.BANK], records, lambda: progress.update(task, advance=1))
    stage.done(
        f"the bank brings in {len(records)} earlier days in one call, each with its receipt",
        f"银行一次补录 {len(records)} 天缴费，每条均有回执",
    )


def _anchor(stage: Stage, ledger: Ledger) -> None:
    stage.act("The log is anchored on the chain", "锚定上链")
    _must(ledger.service.run("anchor"))
    anchors = httpx.get(f"{ledger.service.url}/v1/anchors", timeout=10).json()["anchors"]
    stage.table(
        (("size", "条数"), ("state", "状态"), ("block", "区块"), ("transaction", "交易")),
        (
            (
                str(anchor["size"]),
                anchor["state"],
                str(anchor.get("block_number") or ""),
                str(anchor.get("tx_hash") or "")[:18] + "…",
            )
            for anchor in anchors
        ),
    )
    stage.line(
        "The contract checked on chain that each root extends the one before.",
        "合约在链上校验了每个新根都是旧根的延伸，分叉的账本无法再锚定。",
    )


def _lies(stage: Stage, ledger: Ledger, receipt: Receipt) -> bool:
    stage.act("Three lies, one byte each", "三次造假，每次只改一个字节")
    service = ledger.service
    hashes = httpx.get(f"{service.url}/tile/0/000", timeout=10).content
    ledger.close()
    data = service.home / "data"
    database = next(data.glob("*.sqlite*"))
    blob = max(data.glob("blobs/*/*"), key=lambda file: file.stat().st_size)
    entry = receipt.entry
    tile = hashes[32 * 100 : 32 * 140]
    lies: list[tuple[str, str, str, Path, int]] = [
        (
            "a stored record",
            "一条存储的记录",
            f"entry {receipt.index}",
            database,
            attacks.find_once(database, entry),
        ),
        ("a stored file", "一份存储的文件", "blob ", blob, blob.stat().st_size // 2),
        ("a tile of the tree", "哈希树的一个瓦片", "tile/0/000", database,
         attacks.find_once(database, tile, piece=64)),
    ]  # fmt: skip
    if not _audit_names(stage, service, None):
        return False
    good = True
    for en, zh, where, file, position in lies:
        with attacks.one_byte(file, position):
            stage.line(
                f"one bit of {en} is flipped in {file.name}, byte {position:,} …",
                f"翻转{zh}的一个比特（{file.name} 第 {position:,} 字节）……",
            )
            good = _audit_names(stage, service, where) and good
    stage.line("The bytes are put back.", "字节已还原。")
    return _audit_names(stage, service, None) and good


def _audit_names(stage: Stage, service: DemoService, where: str | None) -> bool:
    """Run the audit in a process of its own; it must name `where` and nothing else, or pass."""
    path = service.home / "audit.json"
    done = service.run("audit", "--report", str(path))
    report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found = report["findings"]
    if where is None:
        if done.returncode == 0 and not found:
            stage.done(
                f"the audit derives everything again: {report['size']} entries hold",
                f"审计重新推导全部内容：{report['size']} 条全部成立",
            )
            return True
    elif done.returncode == 1 and len(found) == 1 and found[0]["where"].startswith(where):
        stage.caught(
            f"the audit names it: {found[0]['where']}: {found[0]['message_en']}",
            f"审计指出：{found[0]['where']}：{found[0]['message_zh']}",
        )
        return True
    stage.failed(
        f"the audit should have named {where or 'nothing'}: exit {done.returncode}, "
        f"{[finding['where'] for finding in found]} {done.stderr.strip()}",
        f"审计结果不符：{[finding['where'] for finding in found]}",
    )
    return False


def _all_stored(
    client: MealtraceClient, records: list[Evidence], stored: Callable[[], None] = lambda: None
) -> None:
    for result in client.post_many(records):
        if result.receipt is None:
            raise VerificationError(f"record {result.line} was refused: {result.problem}")
        stored()


def _token(service: DemoService, party: str) -> str:
    done = service.run("tokens", "create", party, "--scope", "post", "--scope", "read", "--json")
    _must(done)
    return str(json.loads(done.stdout)["token"])


def _must(done: Any) -> None:
    if done.returncode:
        raise VerificationError(f"{' '.join(done.args[3:])}: {done.stderr.strip()}")


def _first_line(error: LedgerError) -> str:
    return str(error).split("\n")[0].split("; ")[0]
