"""Reminders of every kind, and somebody who is told of them in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from dialogs.engine.screen import Card, message_from_json
from dialogs.reminder_cards import ReminderCards
from domain.clock import SHANGHAI
from domain.reminders.model import DueReminder, Json, Known, Preferences, Reminder, Situation
from domain.rounds import Bilingual, Round, RoundState, Terms, announce, change, open_round
from domain.store import Transaction
from domain.values import UNCLEAR, Certificate, PartialDate
from locales.words import Catalogues
from scheduler.planning import Planner
from scheduler.reminding import Speaker
from tests.support.conversation import Person
from tests.support.reminding import HANGZHOU, tools

DAY = date(2026, 11, 23)
"""A working day on which quiet hours are over at noon."""

ROUND = Round(
    id=7,
    programme=HANGZHOU,
    state=RoundState.ANNOUNCED,
    terms=Terms(
        name=Bilingual("2027年第一批", "First round of 2027"),
        opens=date(2027, 3, 1),
        closes_safe=date(2027, 3, 31),
        closes_outer=date(2027, 4, 5),
        hand_in=Bilingual("所在区县市场监管局，纸质一式三份", "the county bureau, three copies on paper"),
        contact=Bilingual("质量发展处 0571-00000000", "Quality office, 0571-00000000"),
        conditions=(Bilingual("须先通过市级培训", "The city's training comes first"),),
    ),
)

_CHANGED: list[Json] = [
    {"criterion": "HZ-E08", "clause": "§三(二)3", "before": "not_met", "after": "met"},
    {"criterion": "HZ-X99", "clause": "§九", "before": None, "after": "unclear"},
    {"criterion": "HZ-E01", "clause": "§三(二)1", "before": "met", "after": None},
    {"criterion": "HZ-E02", "clause": "§三(二)1", "before": "met", "after": "not_met"},
]

SUBJECTS: Mapping[str, Mapping[str, Json]] = {
    "window_closes": {"round": 7, "computed": False, "district": "", "asked": True, "opens": "2027-03-01"},
    "window_opens": {"round": 7, "computed": False, "district": "", "asked": True, "opens": "2027-03-01"},
    "round_announced": {"round": 7, "computed": False, "district": "", "asked": True, "opens": "2027-03-01"},
    "criterion_met": {"criterion": "HZ-E08"},
    "verdict_changed": {"before": "obstacle_found", "after": "no_obstacle_found", "criteria": _CHANGED},
    "text_changed": {
        "before": "no_obstacle_found",
        "after": "confirm_with_authority",
        "version": "2027",
        "criteria": _CHANGED,
    },
    "certificate_expires": {"fact": "iso_9001_certificate", "criterion": "HZ-E08"},
    "policy_lapses": {"before": "in_force", "after": "lapsed"},
    "policy_in_force": {"version": "2027"},
    "fact_to_refresh": {"fact": "mu_yield_grade"},
    "holiday_list_missing": {"year": 2027},
}
"""What each kind says beside its day, as its source puts it there."""

SITUATION = Situation(
    as_of=DAY,
    facts={
        "iso_9001_certificate": Known(
            Certificate(held=True, valid_to=PartialDate(2027, 3, 31)), date(2026, 2, 3)
        ),
        "mu_yield_grade": Known(UNCLEAR, date(2026, 2, 3)),
    },
    preferences=Preferences(programmes={HANGZHOU: True}),
    rounds=(ROUND,),
)


def a_reminder(kind: str, **changes: Any) -> Reminder:
    """A reminder of a kind, two weeks before its day."""
    values: dict[str, Any] = {
        "key": f"{kind}:{HANGZHOU}:14",
        "thread": f"{kind}:{HANGZHOU}",
        "kind": kind,
        "programme": None if kind == "holiday_list_missing" else HANGZHOU,
        "subject": SUBJECTS[kind],
        "due": DAY + timedelta(days=14),
        "clause": "" if kind == "holiday_list_missing" else "§三(一)",
        "offset": 14,
        "send_on": DAY,
        "until": DAY + timedelta(days=20),
    }
    return Reminder(**{**values, **changes})


def renderer() -> ReminderCards:
    """Whoever turns reminders into cards."""
    return ReminderCards(tools().programmes, tools().examiner, Catalogues.load())


def rendered(
    reminder: Reminder, language: str = "zh_CN", situation: Situation = SITUATION, **due: Any
) -> Card:
    """The card of one reminder."""
    return as_card(renderer().card(DueReminder(id=12, reminder=reminder, **due), situation, language))


def as_card(text: str) -> Card:
    """The card in the outbox."""
    card = message_from_json(text)
    assert isinstance(card, Card)
    return card


class Told:
    """Somebody whose reminders are planned and said as the clock is driven."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.speaker = Speaker(Planner(tools()), renderer())

    def at(self, day: date, hour: int = 12) -> list[Card]:
        """What is said by then."""
        self.person.clock.set(datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI))
        now, chat = self.person.clock.now(), self.person.chat

        def work(tx: Transaction) -> list[str]:
            before = tx.outbox.last_id(chat)
            self.speaker.say(tx, chat, now)
            return [row.message_json for row in tx.outbox.after(chat, before, 100)]

        return [as_card(text) for text in self.person.database.run(work)]

    def announces(self, closes: date, **terms: Any) -> None:
        """An officer announces a round of the Hangzhou award."""
        text = Terms(
            name=Bilingual("一批", "A round"),
            closes_safe=closes,
            hand_in=Bilingual("市局", "the city bureau"),
            contact=Bilingual("质量科", "Quality office"),
            **terms,
        )
        clock = self.person.clock

        def carry_out(tx: Transaction) -> Round:
            draft = tx.rounds.carry_out(open_round(HANGZHOU, "", text, "新一批"), None, clock.now())
            told = tx.rounds.carry_out(announce(draft, "通知", clock.today()), None, clock.now())
            tx.replanning.all_of_programme(HANGZHOU, "round", clock.now())
            return told

        self._round = self.person.database.run(carry_out)

    def moves(self, closes: date) -> None:
        """An officer moves the closing day of the round announced last."""
        later = replace(self._round.terms, closes_safe=closes, closes_outer=None)
        clock = self.person.clock

        def carry_out(tx: Transaction) -> Round:
            moved = tx.rounds.carry_out(change(self._round, later, "调整", clock.today()), None, clock.now())
            tx.replanning.all_of_programme(HANGZHOU, "round", clock.now())
            return moved

        self._round = self.person.database.run(carry_out)
