"""Facts at random, for Hypothesis: of every type, close to what tests of programmes look at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from domain.facts.vocabulary import Fact, FactType, Figure, Vocabulary
from domain.values import NEVER, UNCLEAR, Certificate, Event, PartialDate, Unclear, Value

DAYS = st.dates(date(2009, 1, 1), date(2032, 12, 31))
"""Days on which a self-check may be made."""

_DAYS_OF_FACTS = st.dates(date(2004, 1, 1), date(2034, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """A date known to the day, the month or the year."""
    day = draw(_DAYS_OF_FACTS)
    known = draw(st.sampled_from(("day", "day", "day", "month", "year")))
    if known == "day":
        return PartialDate.of(day)
    return PartialDate(day.year, day.month if known == "month" else None)


def values(fact: Fact) -> SearchStrategy[Value]:
    """Any value of a fact, "not sure" now and then."""
    return st.one_of(_told(fact), _told(fact), _told(fact), st.just(UNCLEAR))


def told(fact: Fact) -> SearchStrategy[Value]:
    """Any value of a fact that leaves nothing open: whole tables, certificates with their last day."""
    return _told(fact, whole=True)


def _told(fact: Fact, *, whole: bool = False) -> SearchStrategy[Value]:
    options = [option.id for option in fact.options]
    match fact.type:
        case FactType.YES_NO:
            return st.booleans()
        case FactType.NUMBER | FactType.COUNT | FactType.MONEY | FactType.PERCENTAGE:
            return _figures(Figure(fact.type.value))
        case FactType.YEAR:
            return st.integers(2004, 2034)
        case FactType.DATE:
            never = [st.just(NEVER)] if fact.never else []
            return st.one_of(partial_dates(), partial_dates(), *never)
        case FactType.CHOICE:
            return st.sampled_from(options)
        case FactType.CHOICES:
            return st.frozensets(st.sampled_from(options))
        case FactType.YEAR_TABLE:
            return _year_tables(fact.figure or Figure.NUMBER, whole=whole)
        case FactType.EVENTS:
            events = st.builds(Event, partial_dates(), st.sampled_from(["", *options]))
            return st.lists(events, max_size=3).map(tuple)
        case FactType.CERTIFICATE:
            valid_to = partial_dates() if whole else st.none() | partial_dates()
            return st.builds(Certificate, st.booleans(), st.just(""), valid_to)


def _figures(figure: Figure) -> SearchStrategy[int | Decimal]:
    match figure:
        case Figure.MONEY:
            return st.sampled_from((-1, 0, 1)) | st.integers(-(10**9), 10**9)
        case Figure.PERCENTAGE:
            return st.decimals(0, 100, places=2)
        case Figure.RANK:
            return st.integers(1, 6)
        case Figure.COUNT:
            return st.integers(0, 40) | st.integers(0, 20_000)
        case Figure.NUMBER:
            return st.integers(-50, 50) | st.decimals(-50, 50, places=3)


def _year_tables(figure: Figure, *, whole: bool) -> SearchStrategy[Value]:
    years = range(2004, 2034)
    figures = _figures(figure)
    if whole:
        return figures.flatmap(
            lambda usual: st.dictionaries(st.sampled_from(years), figures, max_size=4).map(
                lambda unusual: {year: unusual.get(year, usual) for year in years}
            )
        )
    some: SearchStrategy[int | Decimal | Unclear] = figures | st.just(UNCLEAR)
    return st.one_of(
        _year_tables(figure, whole=True),
        st.dictionaries(st.sampled_from(years), some, max_size=12).map(lambda table: table),
    )


@st.composite
def facts_for(draw: st.DrawFn, vocabulary: Vocabulary, ids: tuple[str, ...]) -> dict[str, Value]:
    """Values for some of the facts ``ids``: none, a few, most or all of them."""
    share = draw(st.sampled_from((0, 3, 7, 10)))
    chosen = [fact_id for fact_id in ids if share == 10 or (share and draw(st.integers(0, 9)) < share)]
    return {fact_id: draw(values(vocabulary[fact_id])) for fact_id in chosen}
