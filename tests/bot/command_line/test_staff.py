"""``zhuoyue staff``: the first administrator comes from here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from bot.command_line import surroundings
from dialogs import staff_acts
from domain.clock import SystemClock
from domain.privacy import hash_token
from domain.staff import Grant, Role, Scope, token_in
from domain.store import Transaction
from tests.support.command_line import call, own_data, run
from tests.support.telegram_api import TelegramApi

T = TypeVar("T")

LINK = re.compile(r"^http://127\.0\.0\.1:8642/invitation#(i_\S+)$", re.MULTILINE)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_data(monkeypatch, tmp_path):
        yield


def joins(out: str) -> int:
    """Somebody opens the link that was written and takes the role."""
    found = LINK.search(out)
    assert found is not None, out
    token = token_in(found[1])
    assert token is not None

    def work(tx: Transaction) -> int:
        now = SystemClock().now()
        invitation = tx.invitations.find(hash_token(token))
        assert invitation is not None
        person = tx.chats.open("web", "somebody", "en", now).person_id
        return staff_acts.accept(tx, person, invitation.id, now).id

    return run(work)


def test_nobody_is_there_at_first_and_it_is_said_how_to_begin() -> None:
    assert "zhuoyue staff invite administrator" in call("staff", "list").out
    assert "还没有人担任角色" in call("staff", "list", language="zh_CN").out


def test_the_first_administrator_is_invited_and_joins() -> None:
    called = call("staff", "invite", "administrator")
    assert called.status == 0
    assert "administrator (all programmes · all districts)" in called.out
    assert "open" in call("staff", "list").out
    assert joins(called.out) == 1
    listed = call("staff", "list").out
    assert "the operator" in listed
    assert "open" not in listed
    assert "used" in call("staff", "list", "--all").out
    (member,) = run(lambda tx: tx.staff.all())
    assert (member.grant, member.invited_by) == (Grant(Role.ADMINISTRATOR), None)


def test_a_role_can_be_limited_to_a_programme_and_a_district() -> None:
    called = call(
        "staff", "invite", "county_officer", "--programme", "ZZ", "--district", " 中原区 ", "--hours", "2"
    )
    joins(called.out)
    (member,) = run(lambda tx: tx.staff.all())
    assert member.grant == Grant(Role.COUNTY_OFFICER, Scope("zhengzhou-incubation-base", "中原区"))
    (invitation,) = run(lambda tx: tx.invitations.all())
    assert (invitation.expires_at - invitation.created_at).total_seconds() == 7200


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("county_officer",), "A county officer needs a district."),
        (("administrator", "--programme", "ZZ"), "An administrator is one everywhere"),
        (("viewer", "--programme", "XX"), "XX: there is no such programme"),
        (("viewer", "--hours", "337"), "--hours: 337 is not between 1 and 336"),
        (("king",), "king"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[str, ...], why: str) -> None:
    called = call("staff", "invite", *arguments)
    assert called.status == 2
    assert why in called.err
    assert run(lambda tx: tx.invitations.all()) == ()


def test_roles_and_invitations_are_taken_back_once() -> None:
    joins(call("staff", "invite", "viewer").out)
    call("staff", "invite", "expert")
    assert call("staff", "revoke", "1").out == "Number 1 was taken back.\n"
    assert call("staff", "revoke", "1").err == "Number 1 was over already.\n"
    assert call("staff", "revoke", "2", "--invitation").status == 0
    assert call("staff", "revoke", "7").err == "There is no number 7.\n"
    assert "Nobody holds a role yet" in call("staff", "list").out
    everything = call("staff", "list", "--all").out
    assert "over" in everything
    assert "revoked" in everything
    kinds = run(lambda tx: [(entry.kind, entry.subject_ids.get("by")) for entry in tx.audit.entries()])
    assert kinds[-2:] == [("staff_revoked", "operator"), ("invitation_revoked", "operator")]


def test_where_there_is_a_bot_the_link_leads_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with TelegramApi() as api:
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKEN", api.token)
        monkeypatch.setenv("ZHUOYUE_TELEGRAM_API_URL", api.url)
        surroundings.settings.cache_clear()
        called = call("staff", "invite", "viewer")
    assert re.search(r"^https://t\.me/\w+\?start=i_\S{43}$", called.out, re.MULTILINE)
    assert LINK.search(called.out)


def test_where_the_bot_cannot_be_asked_the_other_link_is_given_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_TOKEN", "1:" + "A" * 35)
    monkeypatch.setenv("ZHUOYUE_TELEGRAM_API_URL", "http://127.0.0.1:9")
    surroundings.settings.cache_clear()
    called = call("staff", "invite", "viewer")
    assert called.status == 0
    assert "t.me" not in called.out
    assert "cannot be asked for the name of the bot" in called.err
    joins(called.out)


def test_the_last_administrator_is_revoked_only_when_that_is_said() -> None:
    joins(call("staff", "invite", "administrator").out)
    refused = call("staff", "revoke", "1")
    assert (refused.status, refused.err) == (
        2,
        "The last administrator cannot be revoked. Invite another one first. If that is meant, say --force.\n",
    )
    assert call("staff", "revoke", "1", "--force").status == 0


def test_a_number_that_nothing_can_have_is_said_to_be_too_large() -> None:
    refused = call("staff", "revoke", str(10**23))
    assert (refused.status, refused.err) == (2, "a number is larger than any there can be\n")


def test_programs_read_roles_and_invitations_too() -> None:
    assert call("staff", "list", "--format", "json").json == {"members": [], "invitations": []}
    joins(call("staff", "invite", "administrator").out)
    call("staff", "invite", "county_officer", "--programme", "ZZ", "--district", "中原区")
    listed = call("staff", "list", "--format", "json")
    (member,), (invitation,) = listed.json["members"], listed.json["invitations"]
    assert (member["id"], member["role"], member["holds"], member["invited_by"]) == (
        1,
        "administrator",
        True,
        None,
    )
    assert (member["programme"], member["district"], member["revoked_at"]) == (None, None, None)
    assert (invitation["state"], invitation["role"]) == ("open", "county_officer")
    assert (invitation["programme"], invitation["district"]) == ("zhengzhou-incubation-base", "中原区")
    everything = call("staff", "list", "--all", "--format", "json").json
    assert [one["state"] for one in everything["invitations"]] == ["used", "open"]
