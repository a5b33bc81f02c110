"""From an officer's press to what somebody reads: a round announced, moved and called off reaches who asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from dialogs.engine.screen import Card, message_from_json
from dialogs.reminder_cards import ReminderCards
from domain.reminders.tools import Tools
from domain.store import Transaction
from scheduler.planning import Planner, replanning
from scheduler.reminding import Speaker, reminding
from tests.support.conversation import Person, a_person, block_lines
from tests.support.staff import HANGZHOU, OF_HANGZHOU, a_round, another, joins


@contextmanager
def an_officer_and_somebody(folder: Path, language: str) -> Iterator[tuple[Person, Person]]:
    """An officer of Hangzhou, and somebody who asked to hear of its award."""
    with a_person(folder, language) as officer:
        joins(officer, OF_HANGZHOU)
        listener = another(officer, "listener", language)
        now = officer.clock.now()
        officer.database.run(
            lambda tx: tx.reminder_preferences.subscribe(listener.chat, HANGZHOU, wanted=True, now=now)
        )
        yield officer, listener


def hears(listener: Person, days: int = 0) -> list[str]:
    """What the person is told until so many days later, each as one text."""
    library = listener.assistant.library
    tools: Tools = library.tools
    planner = Planner(tools)
    speaker = Speaker(planner, ReminderCards(tools.programmes, tools.examiner, library.catalogues))
    plan, (say, _forget) = replanning(planner), reminding(speaker)
    before = listener.database.run(lambda tx: tx.outbox.last_id(listener.chat))
    for _ in range(days + 1):
        for chore in (plan, say):
            listener.database.awaits(lambda database, chore=chore: chore.run(database, listener.clock))  # type: ignore[misc]
        listener.clock.advance(timedelta(days=1) if days else timedelta())

    def messages(tx: Transaction) -> list[str]:
        return [row.message_json for row in tx.outbox.after(listener.chat, before, 100)]

    cards = [message_from_json(one) for one in listener.database.run(messages)]
    return [
        "\n".join([card.title, *(line for block in card.blocks for line in block_lines(block))])
        for card in cards
        if isinstance(card, Card)
    ]


@pytest.mark.parametrize(
    ("language", "reason", "name", "closes", "moved"),
    [
        ("zh_CN", "延期", "2027年第一批", "2027年4月30日", "2027年5月10日"),
        ("en", "put off", "First round of 2027", "30 April 2027", "10 May 2027"),
    ],
)
def test_a_round_is_heard_of_when_it_is_announced_and_when_it_moves(
    tmp_path: Path, language: str, reason: str, name: str, closes: str, moved: str
) -> None:
    with an_officer_and_somebody(tmp_path, language) as (officer, listener):
        a_round(officer, told=False)
        assert hears(listener) == []
        officer.presses("rounds", "round:1", "announce")
        officer.says(reason)
        assert hears(listener, 2) == []
        officer.presses("done")
        (told,) = hears(listener, 2)
        assert closes in told
        # Nobody hears twice of what did not move.
        officer.presses("change", "quotas", "@done")
        officer.says("不超过9家", reason)
        officer.presses("done")
        assert hears(listener, 2) == []
        officer.presses("change", "closes_safe", "@done")
        officer.says("2027-05-10", reason)
        officer.presses("done")
        (told,) = hears(listener, 2)
        assert moved in told
        assert closes in told


def test_a_round_that_is_called_off_is_heard_of_once(tmp_path: Path) -> None:
    with an_officer_and_somebody(tmp_path, "en") as (officer, listener):
        a_round(officer)
        assert len(hears(listener, 2)) == 1
        officer.presses("rounds", "round:1", "cancel")
        officer.says("the review was called off")
        officer.presses("done")
        assert len(hears(listener, 2)) == 1
        assert hears(listener, 200) == []


def test_whoever_asked_for_nothing_hears_nothing(tmp_path: Path) -> None:
    with an_officer_and_somebody(tmp_path, "en") as (officer, _listener):
        stranger = another(officer, "stranger", "en")
        stranger.commands("start")
        a_round(officer)
        assert hears(stranger, 3) == []
