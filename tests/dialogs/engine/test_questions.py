"""Every kind of question reads what was typed and pressed, and refuses the rest with an example."""

from __future__ import annotations

import pytest

from dialogs.engine.answers import Json
from dialogs.engine.certificate import AskCertificate
from dialogs.engine.choosing import ChooseMany, ChooseOne
from dialogs.engine.events import AskEvents
from dialogs.engine.question import Drafted, Question, Refused, Took
from dialogs.engine.typed import AskTyped, NotUnderstood, Understood
from dialogs.engine.year_table import AskYearTable
from tests.dialogs.engine.tea import WORDS, number, options


def read_date(text: str) -> Understood | NotUnderstood:
    return Understood(text) if text[:2] == "20" else NotUnderstood("That is no date.")


def read_figure(text: str) -> Understood | NotUnderstood:
    return Understood(int(text)) if text.lstrip("-").isdecimal() else NotUnderstood()


def read_table(text: str) -> Understood | NotUnderstood:
    parts = [part.split(":") for part in text.split(",")]
    if not all(len(part) == 2 for part in parts):
        return NotUnderstood()
    return Understood({part[0]: int(part[1]) for part in parts})


def read_events(text: str) -> Understood | NotUnderstood:
    parts = text.split(";")
    return (
        Understood([{"date": part} for part in parts])
        if text[:2] == "20"
        else NotUnderstood("That is no date.")
    )


def is_events(value: Json) -> bool:
    return isinstance(value, list) and len(value) < 3


def is_table(value: Json) -> bool:
    return isinstance(value, dict)


CERTIFICATE = AskCertificate(WORDS, read_date, str, "2027-03-01")
EVENTS = AskEvents(WORDS, options("Fire", "Flood"), read_events, str, "2023-05", is_events)
PLAIN_EVENTS = AskEvents(WORDS, (), read_events, str, "2023-05", is_events)
TABLE = AskYearTable(WORDS, (2023, 2024, 2025), read_figure, read_table, str, "2023: 0", is_table)
MANY = ChooseMany(WORDS, options("Lemon", "Milk", "Sugar"), unsure=True)
ONE = ChooseOne(WORDS, options("Green", "Black"), unsure=True)
AMBIGUOUS = AskTyped(
    WORDS, "number", "3", lambda _text: Understood(1, others=(2, 30)), str, lambda value: value != 30
)


def answered(question: Question, *steps: str) -> Json:
    """The answer after typing the steps; a step that starts with ``[`` presses that button."""
    draft: Json = None
    for step in steps:
        reading = question.press(step[1:], draft) if step.startswith("[") else question.type(step, draft)
        match reading:
            case Took(value):
                assert question.holds(value)
                assert question.echo(value)
                return value
            case Drafted(value):
                draft = value
            case Refused() | None:
                pytest.fail(f"{step} was not taken: {reading}")
    pytest.fail(f"not finished: {draft}")


@pytest.mark.parametrize("said", ["Green", "green", "ＧＲＥＥＮ", "1", "１", " green。", "[green"])
def test_one_answer_is_chosen_by_label_number_or_button(said: str) -> None:
    assert answered(ONE, said) == "green"


@pytest.mark.parametrize("said", ["[@unsure", "not sure", "不清楚", "Don't know"])
def test_not_sure_is_an_answer_in_both_languages(said: str) -> None:
    assert answered(ONE, said) == "unclear"


@pytest.mark.parametrize("said", ["", "3", "0", "x" * 3000, "绿"])
def test_what_is_no_answer_is_refused(said: str) -> None:
    assert isinstance(ONE.type(said, None), Refused)
    assert ONE.press("brown", None) is None


def test_many_answers_are_switched_on_and_off() -> None:
    assert answered(MANY, "[milk", "[lemon", "[milk", "[@done") == ["lemon"]
    assert answered(MANY, "1、3") == ["lemon", "sugar"]
    assert answered(MANY, "milk和lemon") == ["lemon", "milk"]
    assert answered(MANY, "[@none") == []
    assert answered(MANY, "都没有") == []
    assert MANY.press("@done", None) is None
    assert isinstance(MANY.type("1、9", None), Refused)


def test_an_approximate_value_is_confirmed_first() -> None:
    assert answered(number(), "about 3", "[@reading0") == 3
    assert answered(number(), "about 3", "yes") == 3
    assert answered(number(), "about 3", "不对", "4") == 4
    assert answered(number(), "about 3", "5") == 5
    assert isinstance(number().type("12", None), Refused)


def test_where_a_text_has_several_readings_the_person_says_which() -> None:
    draft = AMBIGUOUS.type("x", None)
    assert isinstance(draft, Drafted)
    keys = [choice.key for choice in AMBIGUOUS.prompt(draft.value, None).choices]
    assert keys == ["@reading0", "@reading1", "@again"]
    assert answered(AMBIGUOUS, "x", "[@reading1") == 2


def test_a_certificate_is_held_until_a_day_or_not_held() -> None:
    assert answered(CERTIFICATE, "[yes", "2027-03-01") == {"held": True, "valid_to": "2027-03-01"}
    assert answered(CERTIFICATE, "有", "不知道") == {"held": True}
    assert answered(CERTIFICATE, "2027-03-01") == {"held": True, "valid_to": "2027-03-01"}
    assert answered(CERTIFICATE, "没有") == {"held": False}
    assert answered(CERTIFICATE, "[@unsure") == "unclear"
    assert isinstance(CERTIFICATE.type("soon", {"held": True}), Refused)


def test_events_are_told_one_after_the_other() -> None:
    assert answered(EVENTS, "[none") == []
    assert answered(EVENTS, "没有") == []
    told = answered(EVENTS, "有", "2023-05", "[fire", "2024-01", "2", "没有了")
    assert told == [{"date": "2023-05", "kind": "fire"}, {"date": "2024-01", "kind": "flood"}]
    assert answered(EVENTS, "2023-05;2024-01", "1", "2", "[@done") == told
    assert answered(PLAIN_EVENTS, "2023-05", "[@done") == [{"date": "2023-05"}]
    assert answered(EVENTS, "[some", "[@unsure") == "unclear"
    assert isinstance(EVENTS.type("long ago", None), Refused)


def test_a_year_table_is_filled_year_by_year_or_at_once() -> None:
    assert answered(TABLE, "1", "-2", "3") == {"2023": 1, "2024": -2, "2025": 3}
    assert answered(TABLE, "2023:1,2024:2,2025:3") == {"2023": 1, "2024": 2, "2025": 3}
    assert answered(TABLE, "2025:3", "1", "[@unsure") == {"2023": 1, "2024": "unclear", "2025": 3}
    assert answered(TABLE, "[@unsure") == "unclear"
    assert isinstance(TABLE.type("many", None), Refused)


@pytest.mark.parametrize("question", [ONE, MANY, CERTIFICATE, EVENTS, TABLE, number()])
@pytest.mark.parametrize("value", [None, 0, True, "x", [], {}, [1], {"a": 1}, -3.5, [[]], {"held": 2}])
def test_a_stored_value_of_any_shape_is_judged_without_an_error(question: Question, value: Json) -> None:
    if question.holds(value):
        assert question.echo(value) is not None
    assert question.prompt(None, value).choices is not None


ROUGH = AskYearTable(
    WORDS,
    (2023, 2024, 2025),
    lambda text: Understood(int(text), approximate=True) if text.isdecimal() else NotUnderstood(),
    lambda _text: NotUnderstood(),
    str,
    "2023: 0",
    is_table,
)


def test_rough_figures_of_a_table_are_confirmed_and_the_others_kept() -> None:
    assert answered(ROUGH, "1", "yes", "2", "[@reading0", "3", "对") == {"2023": 1, "2024": 2, "2025": 3}
    assert answered(ROUGH, "1", "yes", "2", "不对", "4", "对", "3", "对") == {"2023": 1, "2024": 4, "2025": 3}
    assert isinstance(TABLE.type("2024", None), Refused)


def either(text: str) -> Understood | NotUnderstood:
    return Understood("2024-05-06", others=("2024-06-05",)) if "/" in text else read_date(text)


def test_a_date_with_two_readings_is_settled_for_certificates_and_events_too() -> None:
    certificate = AskCertificate(WORDS, either, str, "2027-03-01")
    assert answered(certificate, "5/6/2024", "2") == {"held": True, "valid_to": "2024-06-05"}
    assert answered(certificate, "5/6/2024", "[@again", "2024-07-01") == {
        "held": True,
        "valid_to": "2024-07-01",
    }

    def events(text: str) -> Understood | NotUnderstood:
        if text == "nothing at all":
            return Understood([])
        if "/" in text:
            return Understood([{"date": "2024-05-06"}], others=([{"date": "2024-06-05"}],))
        return read_events(text)

    question = AskEvents(WORDS, (), events, str, "2023-05", is_events)
    assert answered(question, "5/6/2024", "[@reading1", "[@done") == [{"date": "2024-06-05"}]
    assert answered(question, "5/6/2024", "[@again", "2024-07", "[@done") == [{"date": "2024-07"}]
    assert answered(question, "nothing at all") == []


@pytest.mark.parametrize(
    "said",
    ["有，2027-03-01", "有，到2027-03-01", "有效期至2027-03-01", "2027-03-01到期", "yes, until 2027-03-01"],
)
def test_a_certificate_and_its_end_are_told_in_one_go(said: str) -> None:
    def read(text: str) -> Understood | NotUnderstood:
        return Understood(text) if text == "2027-03-01" else NotUnderstood()

    certificate = AskCertificate(WORDS, read, str, "2027-03-01")
    assert answered(certificate, said) == {"held": True, "valid_to": "2027-03-01"}
