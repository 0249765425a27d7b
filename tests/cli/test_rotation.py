"""The service's own keys, changed: what is typed, and what an interruption leaves."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from components.anvil import Anvil

from api.cli import rotation
from api.settings import Settings
from ledger import checkpoint, note
from ledger import policy as policies

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def answer(done: Done) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def keys_in(home: Path) -> list[str]:
    """The verifier keys of what lies in log.key."""
    lines = (home / "keys" / "log.key").read_text().splitlines()
    return [note.format_vkey(note.parse_skey(line).verifier_key) for line in lines]


def trusted(mealtrace: Run) -> str:
    return str(answer(mealtrace("init", "--json"))["policy"])


def test_the_logs_key_is_replaced_and_the_old_one_deleted(mealtrace: Run, founded: Path) -> None:
    [old] = keys_in(founded)
    before = trusted(mealtrace)

    done = answer(mealtrace("keys", "rotate-log", "--json"))

    assert done["old_vkey"] == old
    assert keys_in(founded) == [done["new_vkey"]]
    assert (founded / "keys" / "log.key").stat().st_mode & 0o077 == 0
    after = trusted(mealtrace)
    assert old in before
    assert old not in after
    assert done["new_vkey"] in after
    assert done["policy_fingerprint"] == policies.fingerprint(after)
    assert mealtrace("parties", "register", "bank:91210500MA10D3WN2E").returncode == 0
    assert mealtrace("audit").returncode == 0

    again = answer(mealtrace("keys", "rotate-log", "--json"))
    assert again["old_vkey"] == done["new_vkey"]
    assert keys_in(founded) == [again["new_vkey"]]
    assert mealtrace("audit").returncode == 0


def test_what_a_killed_change_left_on_its_way_into_the_file_is_removed(
    mealtrace: Run, founded: Path
) -> None:
    left = founded / "keys" / ".log.key.0a1b2c3d"
    left.write_text((founded / "keys" / "log.key").read_text())

    answer(mealtrace("keys", "rotate-log", "--json"))

    assert not left.exists()
    assert {path.name for path in left.parent.glob(".*")} <= {".founding"}


def test_a_prepared_key_signs_nothing_until_it_is_used(mealtrace: Run, founded: Path) -> None:
    [old] = keys_in(founded)
    prepared = mealtrace("keys", "rotate-log", "--prepare", LANG="zh_CN.UTF-8")

    assert "分发" in prepared.stdout
    first, new = keys_in(founded)
    assert first == old
    assert mealtrace("parties", "register", "bank:91210500MA10D3WN2E").returncode == 0
    assert answer(mealtrace("keys", "rotate-log", "--prepare", "--json"))["new_vkey"] == new
    assert answer(mealtrace("keys", "rotate-log", "--json"))["new_vkey"] == new
    assert keys_in(founded) == [new]


@pytest.mark.parametrize("broken_off", ["before the record", "before the old key is dropped"])
def test_an_interrupted_change_is_finished_by_the_same_command(
    mealtrace: Run, founded: Path, monkeypatch: pytest.MonkeyPatch, broken_off: str
) -> None:
    [old] = keys_in(founded)

    class KilledError(BaseException):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    step = "_say" if broken_off == "before the record" else "_drop"
    with monkeypatch.context() as patch:
        patch.setattr(rotation, step, killed)
        with pytest.raises(KilledError):
            rotation.rotate_log_key(Settings(home=founded))
    first, new = keys_in(founded)
    assert first == old
    assert mealtrace("parties", "register", "bank:91210500MA10D3WN2E").returncode == 0

    done = answer(mealtrace("keys", "rotate-log", "--json"))

    assert done["new_vkey"] == new
    assert keys_in(founded) == [new]
    assert mealtrace("audit").returncode == 0


def test_the_checkpoint_of_the_change_bears_both_signatures(mealtrace: Run, founded: Path) -> None:
    [old] = keys_in(founded)
    done = answer(mealtrace("keys", "rotate-log", "--json"))
    from contextlib import closing

    from api.installation import open_installation

    with closing(open_installation(Settings(home=founded))) as opened:
        signed = note.parse(opened.store.checkpoint(done["index"] + 1))

    both = [note.parse_vkey(old), note.parse_vkey(done["new_vkey"])]
    assert list(note.verify(signed, both)) == both
    assert checkpoint.parse(signed.text).size == done["index"] + 1


def authorities(mealtrace: Run, tmp_path: Path, *names: str) -> dict[str, str]:
    """A key for each bureau, and the setting that names the file of their public halves."""
    listed = [
        {
            "party": f"bureau:11210500001234567Y~{name}",
            "jwk": answer(mealtrace("keys", "generate", str(tmp_path / name), "--json"))["jwk"],
        }
        for name in names
    ]
    (tmp_path / "authorities.json").write_text(json.dumps(listed))
    return {"MEALTRACE_AUTHORITIES_FILE": str(tmp_path / "authorities.json")}


def test_after_a_theft_an_authority_names_a_new_account_and_old_anchors_stay(
    mealtrace: Run, tmp_path: Path, anvil: Anvil
) -> None:
    chain = {
        "MEALTRACE_CHAIN": "rpc",
        "MEALTRACE_RPC_URL": anvil.url,
        "MEALTRACE_CONFIRMATIONS": "1",
    }
    assert mealtrace("init", **chain, **authorities(mealtrace, tmp_path, "one")).returncode == 0
    stolen = (tmp_path / "home" / "keys" / "anchor.key").read_text()
    assert mealtrace("parties", "register", "bank:91210500MA10D3WN2E", **chain).returncode == 0
    old = answer(mealtrace("anchor", "--json", **chain))
    again = mealtrace("keys", "anchor-target", **chain)
    assert again.returncode == 1
    assert "--new-key" in again.stderr

    printed = mealtrace("keys", "anchor-target", "--new-key", **chain)

    target = answer(printed)["payload"]
    assert "authority" in printed.stderr
    assert (tmp_path / "home" / "keys" / "anchor.key").read_text() == stolen
    refused = mealtrace("keys", "anchor-target", "--authority-key", str(tmp_path / "x"), **chain)
    assert refused.returncode != 0

    key = str(tmp_path / "one")
    done = answer(mealtrace("keys", "anchor-target", "--authority-key", key, "--json", **chain))
    assert {name: done[name] for name in target} == target
    assert (tmp_path / "home" / "keys" / "anchor.key").read_text() != stolen
    assert not (tmp_path / "home" / "keys" / "anchor.key.next").exists()
    assert mealtrace("parties", "register", "school:2105020001", **chain).returncode == 0
    assert answer(mealtrace("anchor", "--json", **chain))[0]["size"] == done["size"] + 1
    listed = answer(mealtrace("anchor", "--list", "--json", **chain))
    assert old[0] in listed
    audit = mealtrace("audit", **chain)
    assert audit.returncode == 0, audit.stdout
    assert "events" in audit.stdout


@pytest.mark.usefixtures("founded")
def test_the_embedded_chain_knows_one_account_only(mealtrace: Run) -> None:
    done = mealtrace("keys", "anchor-target", "--new-key")

    assert done.returncode == 1
    assert "MEALTRACE_CHAIN=rpc" in done.stderr


def test_a_partys_key_is_taken_back_and_a_new_one_registered(
    mealtrace: Run, tmp_path: Path
) -> None:
    """By the party itself, and by an authority; a key that was taken back never returns."""
    founded = mealtrace("init", **authorities(mealtrace, tmp_path, "one", "two"))
    assert founded.returncode == 0, founded.stderr
    party = "supplier:91210500MA10D3WN2E"

    def register(name: str, *, by: str) -> Done:
        if not (tmp_path / name).exists():
            answer(mealtrace("keys", "generate", str(tmp_path / name), "--json"))
        proof = tmp_path / "proof.json"
        proof.write_text(mealtrace("keys", "prove", party, str(tmp_path / name)).stdout)
        return mealtrace("keys", "register", str(proof), "--authority-key", str(tmp_path / by))

    def kid(name: str) -> str:
        return str(answer(mealtrace("keys", "public", str(tmp_path / name), "--json"))["kid"])

    def revoke(name: str, *options: str) -> Done:
        return mealtrace("keys", "revoke", kid(name), "--reason", "lost", *options)

    assert register("first", by="one").returncode == 0
    assert revoke("first", "--key", str(tmp_path / "first")).returncode == 0
    assert register("second", by="two").returncode == 0
    assert register("first", by="one").returncode == 1
    by_the_first = revoke("second", "--key", str(tmp_path / "first"))
    assert by_the_first.returncode == 1
    assert "not registered and valid" in by_the_first.stderr
    assert revoke("second", "--authority-key", str(tmp_path / "one")).returncode == 0

    # An authority whose key was stolen loses it to another, and vouches for nobody any more.
    assert revoke("two", "--authority-key", str(tmp_path / "one")).returncode == 0
    assert register("third", by="two").returncode == 1
    assert register("third", by="one").returncode == 0
    keys = {row["kid"]: row for row in answer(mealtrace("keys", "list", "--json"))}
    assert [keys[kid(name)]["revoked_at"] is None for name in ("first", "second", "third")] == [
        False, False, True,
    ]  # fmt: skip
    assert mealtrace("audit").returncode == 0
