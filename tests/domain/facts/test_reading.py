"""Facts as files state them: every type is read, and every error names its place."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts.reading import FactValueError, plain_value, read_facts, read_value
from domain.facts.vocabulary import Fact, FactType, Vocabulary
from domain.values import NEVER, UNCLEAR, Certificate, Event, PartialDate, Value
from tests.support.any_facts import values
from tests.support.programmes import vocabulary


def fact(kind: str, **more: Any) -> Fact:
    options = [{"id": option, "label": option} for option in ("red", "green")]
    if kind in ("choice", "choices", "events"):
        more["options"] = options
    return Fact.model_validate({"id": "asked", "type": kind, "short": "问", "question": "问？", **more})


TABLE = {"figure": "money"}


@pytest.mark.parametrize(
    ("kind", "plain", "value"),
    [
        ("yes_no", True, True),
        ("yes_no", "yes", True),
        ("yes_no", "no", False),
        ("number", "-1.50", Decimal("-1.50")),
        ("number", 0.1, Decimal("0.1")),
        ("number", 2.0, 2),
        ("count", 0, 0),
        ("count", "12", 12),
        ("money", -300_000, -300_000),
        ("money", 1e9, 1_000_000_000),
        ("percentage", 0, 0),
        ("percentage", 100, 100),
        ("percentage", "98.55", Decimal("98.55")),
        ("year", 2024, 2024),
        ("year", "1900", 1900),
        ("date", "2024", PartialDate(2024)),
        ("date", 2024, PartialDate(2024)),
        ("date", "2024-02", PartialDate(2024, 2)),
        ("date", "2024-02-29", PartialDate(2024, 2, 29)),
        ("date", date(2024, 2, 29), PartialDate(2024, 2, 29)),
        ("choice", "red", "red"),
        ("choices", ["green", "red", "red"], frozenset({"red", "green"})),
        ("choices", [], frozenset()),
        ("events", [], ()),
        ("events", [{"date": "2023-05"}], (Event(PartialDate(2023, 5)),)),
        (
            "events",
            [{"date": 2023, "kind": "red", "note": "某事"}],
            (Event(PartialDate(2023), "red", "某事"),),
        ),
        ("certificate", True, Certificate(True)),
        ("certificate", {"held": "no"}, Certificate(False)),
        (
            "certificate",
            {"held": True, "number": "Q-1", "valid_to": "2027-03-01"},
            Certificate(True, "Q-1", PartialDate(2027, 3, 1)),
        ),
    ],
)
def test_every_type_is_read(kind: str, plain: object, value: Value) -> None:
    found = read_value(fact(kind), plain)
    assert found == value
    assert type(found) is type(value)


def test_a_year_of_a_table_may_be_told_not_told_or_uncertain() -> None:
    found = read_value(fact("year_table", **TABLE), {"2023": 0, 2024: -5, 2025: "unclear", 2026: None})
    assert found == {2023: 0, 2024: -5, 2025: UNCLEAR}


@pytest.mark.parametrize("kind", [kind for kind in FactType if kind is not FactType.YEAR_TABLE])
def test_everything_may_be_answered_not_sure(kind: FactType) -> None:
    assert read_value(fact(kind), "unclear") is UNCLEAR


def test_it_may_never_have_begun_where_that_makes_sense() -> None:
    assert read_value(fact("date", never="还没有"), "never") is NEVER
    with pytest.raises(FactValueError, match="asked: expected a date"):
        read_value(fact("date"), "never")


@pytest.mark.parametrize(
    ("kind", "plain", "said"),
    [
        ("yes_no", "maybe", 'asked: expected true, false or "unclear"'),
        ("yes_no", 1, 'asked: expected true, false or "unclear"'),
        ("number", True, "asked: expected a number"),
        ("number", "twelve", "asked: expected a number"),
        ("number", [1], "asked: expected a number"),
        ("number", "nan", "asked: the number is out of range"),
        ("number", float("inf"), "asked: the number is out of range"),
        ("number", "1e999999", "asked: the number is out of range"),
        ("count", -1, "asked: expected a whole number, at least 0"),
        ("count", 1.5, "asked: expected a whole number, at least 0"),
        ("money", "0.5", "asked: expected whole yuan"),
        ("money", 10**16, "asked: the number is out of range"),
        ("percentage", 100.01, "asked: expected a percentage from 0 to 100"),
        ("percentage", -0.01, "asked: expected a percentage from 0 to 100"),
        ("year", 1899, "asked: expected a year from 1900 to 2200"),
        ("year", "2201", "asked: expected a year from 1900 to 2200"),
        ("year", "last year", "asked: expected a year from 1900 to 2200"),
        ("date", "2023-02-29", "asked: expected a date: YYYY-MM-DD, YYYY-MM or YYYY"),
        ("date", "2023-2-1", "asked: expected a date: YYYY-MM-DD, YYYY-MM or YYYY"),
        ("date", 20230201, "asked: expected a date: YYYY-MM-DD, YYYY-MM or YYYY"),
        ("date", datetime(2023, 2, 1, 8), "asked: expected a date: YYYY-MM-DD, YYYY-MM or YYYY"),  # noqa: DTZ001
        ("date", "1823-02-01", "asked: expected a year from 1900 to 2200"),
        ("choice", "blue", "asked: expected one of: red, green"),
        ("choice", True, "asked: expected one of: red, green"),
        ("choices", "red", "asked: expected a list of options"),
        ("choices", ["red", "blue"], "asked[1]: expected one of: red, green"),
        ("events", {"date": "2023"}, "asked: expected a list of dated events ([] for none)"),
        ("events", ["2023-05"], 'asked[0]: expected an event such as {"date": "2023-05"}'),
        ("events", [{"kind": "red"}], "asked[0]: the event needs a date"),
        ("events", [{"date": "2023", "kind": "blue"}], "asked[0].kind: expected one of: red, green"),
        ("events", [{"date": "2023"}, {"date": "x"}], "asked[1].date: expected a date: YYYY-MM-DD"),
        ("events", [{"date": "2023", "where": "x"}], "asked[0].where: not part of an event"),
        ("events", [{"date": "2023"}] * 101, "asked: at most 100 events"),
        ("certificate", "yes", 'asked: expected {"held": true, "valid_to": "YYYY-MM-DD"}'),
        ("certificate", {"valid_to": "2027"}, "asked.held: expected true, false"),
        ("certificate", {"held": True, "valid_to": "soon"}, "asked.valid_to: expected a date"),
        ("certificate", {"held": True, "until": "2027"}, "asked.until: not part of a certificate"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(kind: str, plain: object, said: str) -> None:
    with pytest.raises(FactValueError) as caught:
        read_value(fact(kind), plain)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ([1, 2], "asked: expected a figure for each year"),
        ({"2023": "much"}, "asked.2023: expected a number"),
        ({"FY23": 1}, "asked.FY23: expected a year from 1900 to 2200"),
        ({"2023": 1, 2023: 2}, "asked.2023: the year stands twice"),
        ({True: 1}, "asked.True: expected a year"),
        ({2023: 0.5}, "asked.2023: expected whole yuan"),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_its_year(plain: object, said: str) -> None:
    with pytest.raises(FactValueError) as caught:
        read_value(fact("year_table", **TABLE), plain)
    assert str(caught.value).startswith(said)


def test_a_rank_begins_with_one() -> None:
    assert read_value(fact("year_table", figure="rank"), {2023: 1}) == {2023: 1}
    with pytest.raises(FactValueError, match=r"asked\.2023: expected a whole number, at least 1"):
        read_value(fact("year_table", figure="rank"), {2023: 0})


def test_bounds_of_a_fact_hold_to_the_very_number() -> None:
    bounded = fact("count", minimum=1, maximum=20)
    assert [read_value(bounded, number) for number in (1, 20)] == [1, 20]
    for number, said in ((0, "asked: at least 1"), (21, "asked: at most 20")):
        with pytest.raises(FactValueError, match=said):
            read_value(bounded, number)


def test_facts_are_a_mapping_of_known_ids() -> None:
    known = Vocabulary([fact("yes_no")])
    assert read_facts({"asked": True}, known) == {"asked": True}
    assert read_facts({"asked": None}, known) == {}, "null is not told"
    for plain, said in (
        ([], "facts: expected a mapping of fact ids to values"),
        ({"unasked": 1}, "unasked: no such fact"),
        ({"odd\nid": 1}, "odd id: no such fact"),
        ({7: 1}, "7: no such fact"),
    ):
        with pytest.raises(FactValueError) as caught:
            read_facts(plain, known)
        assert str(caught.value).startswith(said)


@pytest.mark.parametrize("fact_id", sorted(vocabulary()))
def test_what_is_written_down_is_read_back_the_same(fact_id: str) -> None:
    asked = vocabulary()[fact_id]

    @settings(max_examples=25)
    @given(values(asked))
    def holds(value: Value) -> None:
        assert read_value(asked, plain_value(value)) == value

    holds()


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3),
    max_leaves=6,
), st.sampled_from(sorted(vocabulary())))  # fmt: skip
def test_nothing_a_file_may_hold_ends_in_anything_but_a_value_or_a_named_place(
    plain: object, fact_id: str
) -> None:
    said = f"{fact_id}: a value"
    try:
        read_value(vocabulary()[fact_id], plain)
    except FactValueError as error:
        said = str(error)
    assert said.startswith(fact_id)
    assert "\n" not in said
