"""Coming back to a chat with its return code, over plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.clock import FixedClock
from domain.store import Transaction
from tests.support.web import Served, Visitor, body, serve


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(date(2026, 11, 21))


@pytest.fixture
def served(tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr("bot.web.returning.TRIES_PER_MINUTE", 1000)
    with serve(tmp_path / "data", clock=clock, rate_per_minute=10_000) as running:
        yield running


def chat_of(served: Served, visitor: Visitor) -> int:
    """The chat behind a visitor's screen."""
    assert visitor.screen is not None
    conversation = visitor.screen.conversation

    def work(tx: Transaction) -> int:
        found = tx.conversations.get(conversation)
        assert found is not None
        return found.chat_id

    return served.run(lambda house: house.database.run(work))


def agree(served: Served, chat: int, consent: str = "given") -> str:
    """Let the person behind a chat agree (or not); the return code of the chat, if it has one."""

    def work(tx: Transaction) -> str:
        now = served.clock.now()
        person = tx.chats.get(chat).person_id
        tx.people.set_consent(person, "given" if consent == "given" else "refused", now)
        return str(tx.return_codes.of_chat(chat, "web") or "")

    return served.run(lambda house: house.database.run(work))


def a_regular(served: Served) -> tuple[int, str, str]:
    """Somebody who agreed, said something and left: their chat, its return code and the token they had."""
    with Visitor(served.url) as somebody:
        somebody.open()
        somebody.messages()
        somebody.type("制造业")
        somebody.messages()
        chat = chat_of(served, somebody)
        return chat, agree(served, chat), somebody.client.cookies["zhuoyue"]


def enter(visitor: Visitor, code: str) -> int:
    """Enter a code; the status of the answer."""
    return visitor.client.post("/return", json={"code": code}).status_code


def test_with_the_code_a_new_session_shows_the_old_chat(served: Served, clock: FixedClock) -> None:
    chat, code, left = a_regular(served)
    clock.advance(timedelta(days=30))
    with Visitor(served.url) as somebody:
        somebody.open()
        somebody.messages()
        assert chat_of(served, somebody) != chat
        anonymous = somebody.client.cookies["zhuoyue"]
        answer = somebody.client.post("/return", json={"code": code})
        assert body(answer) == {"returned": True}
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert somebody.client.cookies["zhuoyue"] not in {anonymous, left}
        assert body(somebody.open())["fresh"] is False
        somebody.messages(0)
        assert somebody.said == ["制造业"]
        assert chat_of(served, somebody) == chat
        assert somebody.client.get("/my-data.json").json()["person"]["consent"] == "given"
        somebody.client.cookies.clear()
        somebody.client.cookies.set("zhuoyue", anonymous)
        assert somebody.client.get("/my-data.json").status_code == 401
    kinds = served.run(lambda house: house.database.run(lambda tx: [one.kind for one in tx.audit.entries()]))
    assert "returned_by_code" in kinds


def test_a_visit_with_the_code_is_a_sign_of_life(served: Served, clock: FixedClock) -> None:
    _, code, _ = a_regular(served)
    clock.advance(timedelta(days=1000))
    with Visitor(served.url) as somebody:
        assert enter(somebody, code) == 200
    clock.advance(timedelta(days=1000))
    before = clock.now() - timedelta(days=1095)
    assert served.run(lambda house: house.database.run(lambda tx: tx.privacy.silent(before, 9))) == ()


def test_a_wrong_code_and_a_chat_that_is_not_there_are_told_alike(served: Served) -> None:
    chat, code, _ = a_regular(served)
    with Visitor(served.url, "en") as stranger:
        stranger.open()
        stranger.messages()
        unconsented = chat_of(served, stranger)
        token = stranger.client.cookies["zhuoyue"]
        wrong = f"{chat}-{code.partition('-')[2][:-1]}{'A' if code[-1] != 'A' else 'B'}"
        answers = [
            stranger.client.post("/return", json={"code": entered})
            for entered in (
                wrong,
                wrong.replace(f"{chat}-", "999999-"),
                "nothing",
                f"{unconsented}-{'A' * 16}",
            )
        ]
        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.text for answer in answers}) == 1
        assert body(answers[0])["error"] == "no_such_code"
        assert all("set-cookie" not in answer.headers for answer in answers)
        assert stranger.client.cookies["zhuoyue"] == token
        assert body(stranger.open())["fresh"] is False, "the session at hand goes on"


def test_withdrawing_consent_makes_the_code_worthless_for_good(served: Served, clock: FixedClock) -> None:
    chat, code, _ = a_regular(served)
    with Visitor(served.url) as somebody:
        assert agree(served, chat, "refused") == ""
        assert enter(somebody, code) == 403
        clock.advance(timedelta(seconds=1))
        assert agree(served, chat) not in {"", code}
        assert enter(somebody, code) == 403


def test_erasing_makes_the_code_worthless(served: Served) -> None:
    chat, code, _ = a_regular(served)

    def erase(tx: Transaction) -> None:
        tx.privacy.erase(tx.chats.get(chat).person_id)

    served.run(lambda house: house.database.run(erase))
    with Visitor(served.url) as somebody:
        assert enter(somebody, code) == 403


def test_a_code_opens_chats_of_the_web_only(served: Served) -> None:
    def work(tx: Transaction) -> str:
        chat = tx.chats.open("terminal", "somebody", "en", served.clock.now())
        tx.people.set_consent(chat.person_id, "given", served.clock.now())
        return str(tx.return_codes.of_chat(chat.id, "terminal"))

    code = served.run(lambda house: house.database.run(work))
    with Visitor(served.url) as somebody:
        assert enter(somebody, code) == 403


def test_the_guards_of_every_post_stand_before_it(served: Served) -> None:
    _, code, _ = a_regular(served)
    with Visitor(served.url) as somebody:
        post = somebody.client.post
        foreign = post("/return", json={"code": code}, headers={"Origin": "https://evil.example"})
        assert foreign.status_code == 403
        assert body(foreign)["error"] == "foreign_origin"
        assert post("/return", data={"code": code}).status_code == 415
        assert post("/return", json={"code": code, "chat": 1}).status_code == 400
        assert post("/return", json={"code": 17}).status_code == 400
        assert post("/return", json={"code": "A" * 201}).status_code == 400
        assert post("/return", json={"code": "A" * 20_000}).status_code == 413
        assert somebody.client.get("/return").status_code == 405
        del somebody.client.headers["X-Zhuoyue-Language"]
        assert post("/return", json={"code": code}).status_code == 400


def test_one_address_may_try_five_codes_a_minute(tmp_path: Path) -> None:
    with serve(tmp_path / "data") as served, Visitor(served.url, "en") as somebody:
        assert [enter(somebody, f"9-{'A' * 16}") for _ in range(6)] == [403] * 5 + [429]
        refused = somebody.client.post("/return", json={"code": "nothing"})
        assert 1 <= int(refused.headers["retry-after"]) <= 12
        assert "try again in" in body(refused)["message"]


def test_one_chat_can_be_tried_twenty_times_from_everywhere_whether_it_is_there_or_not(
    served: Served,
) -> None:
    chat, code, _ = a_regular(served)
    with Visitor(served.url) as somebody:
        for number in (chat, 999_999):
            statuses = [enter(somebody, f"{number}-{'A' * 16}") for _ in range(21)]
            assert statuses == [403] * 20 + [429]
        assert enter(somebody, code) == 429
        _, another, _ = a_regular(served)
        assert enter(somebody, another) == 200


def test_neither_code_nor_token_reaches_the_log(served: Served, capfd: pytest.CaptureFixture[str]) -> None:
    _, code, _ = a_regular(served)
    with Visitor(served.url) as somebody:
        assert enter(somebody, code) == 200
        token = somebody.client.cookies["zhuoyue"]
    printed = "".join(capfd.readouterr())
    assert code not in printed
    assert token not in printed
