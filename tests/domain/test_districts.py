"""Names of districts as people type them: the same one is found, and two different ones are never taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.announcements.audience import Candidate, belongs, overlaps
from domain.announcements.model import Audience
from domain.districts import lies_within, same_district
from domain.staff import Grant, Role, Scope

SYLLABLES = "中原金水二七管城惠济上街新郑荥阳密登封西湖滨江拱墅萧山余杭临平钱塘富阳镜鸠弋繁昌无为南陵"
BARE = st.text(SYLLABLES, min_size=2, max_size=4)
KINDS = st.sampled_from(["区", "县", "市"])
CITIES = st.sampled_from(["郑州", "杭州", "芜湖", "长春", "呼和浩特"])
SPACES = st.sampled_from(["", " ", "\u3000", "\n", "  "])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中原区", "中原"),
        (" 中原区 ", "中原区"),
        ("中 原 区", "中原区"),
        ("郑州市中原区", "中原区"),
        ("郑州市中原区", "中原"),
        ("郑州 中原区", "郑州市中原区"),
        ("河南省郑州市中原区", "郑州市中原区"),
        ("河南省郑州市中原区", "河南省中原区"),
        ("内蒙古自治区呼和浩特市新城区", "新城区"),
        ("济南市市中区", "市中区"),
        ("郑州市巩义市", "巩义"),
        ("浙江省/杭州市/西湖区", "西湖"),
        ("景宁畲族自治县", "丽水市景宁畲族自治县"),
        ("Xihu District", "xihu  district"),
        ("", ""),
    ],
)
def test_these_are_the_same(one: str, other: str) -> None:
    assert same_district(one, other)
    assert same_district(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中原区", "金水区"),
        ("长沙市", "长沙县"),
        ("朝阳区", "朝阳市"),
        ("北京市朝阳区", "长春市朝阳区"),
        ("河南省中原区", "浙江省中原区"),
        ("吉县", "吉"),
        ("城区", "城"),
        ("新市区", "新市"),
        ("沙市", "沙市区"),
        ("滨江新区", "滨江"),
        ("滨江新区", "滨江区"),
        ("郑州市", "郑州市中原区"),
        ("郑州市", "中原区"),
        ("Xihu", "Xihu District"),
        ("中原区", ""),
        ("区", ""),
        ("市", "县"),
    ],
)
def test_these_are_not(one: str, other: str) -> None:
    assert not same_district(one, other)
    assert not same_district(other, one)


@given(st.text(max_size=30), st.text(max_size=30))
def test_it_holds_both_ways_and_for_every_name_itself(one: str, other: str) -> None:
    assert same_district(one, one)
    assert same_district(one, other) == same_district(other, one)


@given(BARE, KINDS, CITIES, SPACES, SPACES)
def test_however_it_is_written_it_is_the_same(
    bare: str, kind: str, city: str, before: str, after: str
) -> None:
    assert same_district(f"{before}{bare}{kind}{after}", bare + kind)
    assert same_district(bare + kind, bare)
    assert same_district(f"{city}市{before}{bare}{kind}", bare + kind)
    assert same_district(f"{city}市{bare}{kind}", f"{city}{before or ' '}{bare}")


@given(BARE, KINDS, KINDS)
def test_two_that_say_what_they_are_differ_when_that_does(bare: str, one: str, other: str) -> None:
    assert same_district(bare + one, bare + other) == (one == other)


@given(BARE, BARE, KINDS, KINDS)
def test_two_with_other_names_are_never_one(one: str, other: str, kind: str, another: str) -> None:
    if one != other:
        assert not same_district(one + kind, other + another)
        assert not same_district(one, other + another)
        assert not same_district(one, other)


@given(BARE, KINDS, CITIES, CITIES)
def test_two_of_different_cities_are_never_one(bare: str, kind: str, one: str, other: str) -> None:
    assert same_district(f"{one}市{bare}{kind}", f"{other}市{bare}{kind}") == (one == other)


@given(BARE, KINDS)
def test_scopes_go_by_it(bare: str, kind: str) -> None:
    short, full, other = (Scope(district=name) for name in (bare, bare + kind, "嵩山区"))
    assert short.covers(full)
    assert full.covers(short)
    assert not full.covers(other)
    assert not full.covers(Scope())
    assert overlaps(short, full)
    assert not overlaps(full, other)


@pytest.mark.parametrize(
    ("limit", "name", "within"),
    [
        ("杭州市西湖区", "杭州市西湖区", True),
        ("杭州市西湖区", "浙江省杭州市西湖", True),
        ("浙江省杭州市西湖区", "杭州市西湖区", True),
        ("西湖区", "南昌市西湖区", True),
        ("中原区", "中原", True),
        ("杭州市西湖区", "西湖区", False),
        ("杭州市西湖区", "浙江省西湖区", False),
        ("浙江省西湖区", "西湖区", False),
        ("浙江省西湖区", "南昌市西湖区", False),
        ("杭州市西湖区", "南昌市西湖区", False),
        ("杭州市西湖区", "", False),
    ],
)
def test_who_is_limited_to_the_district_of_one_city_has_no_say_where_it_may_be_that_of_another(
    limit: str, name: str, within: bool
) -> None:
    assert lies_within(name, limit) == within
    assert Scope("", limit).covers(Scope("national-quality-benchmark", name)) == within


@given(BARE, KINDS, CITIES, CITIES)
def test_nobody_has_a_say_in_the_district_of_another_city(bare: str, kind: str, one: str, other: str) -> None:
    limit, name = f"{one}市{bare}{kind}", f"{other}市{bare}{kind}"
    assert lies_within(name, limit) == (one == other)
    assert lies_within(name, bare + kind)
    assert not lies_within(bare + kind, limit)


def test_an_organisation_hears_what_is_for_its_district_however_it_wrote_it() -> None:
    for there in ("郑州市中原区", "中原", "河南省郑州市中原区"):
        candidate = Candidate(chat=1, asked=frozenset({"one"}), district=there)
        assert belongs(candidate, Audience(programme="one", district="中原区"))
        assert belongs(candidate, Audience(programme="one", round=1, round_district="中原区"))
        assert not belongs(candidate, Audience(programme="one", district="金水区"))
        assert not belongs(candidate, Audience(programme="one", round=1, round_district="金水区"))


def test_a_role_is_the_same_however_its_district_is_written() -> None:
    role = Grant(Role.COUNTY_OFFICER, Scope("one", "中原区"))
    assert role.is_same(Grant(Role.COUNTY_OFFICER, Scope("one", "郑州市中原")))
    assert not role.is_same(Grant(Role.COUNTY_OFFICER, Scope("two", "中原区")))
    assert not role.is_same(Grant(Role.COUNTY_OFFICER, Scope("one", "金水区")))
    assert not role.is_same(Grant(Role.EXPERT, Scope("one", "中原区")))
