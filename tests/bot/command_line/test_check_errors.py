"""A facts file that is wrong is one line naming file, line and reason, and status 2."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import call, own_surroundings


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with own_surroundings(monkeypatch, tmp_path):
        yield


def refused(*arguments: str | Path, language: str = "en") -> str:
    found = call("check", *arguments, language=language)
    assert found.status == 2
    assert found.out == ""
    assert found.err.count("\n") == 1
    return found.err.rstrip("\n")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("registered_city: other\nshoe_size: 43\n", 2, "shoe_size: no such fact"),
        ("\n\n'a.b': 1\n", 3, "a.b: no such fact"),
        ('"a[0]\\nb": 1\n', 1, "a[0] b: no such fact"),
        ("registered_city: other\ncounty_bureau_recommends: perhaps\n", 2, "county_bureau_recommends: "),
        ("registered_city: atlantis\n", 1, "registered_city: expected one of: "),
        ("committed_incubatees: -1\n", 1, "committed_incubatees: expected a whole number, at least 0"),
        ("net_profit:\n  2023: 0\n  2024: a lot\n", 3, "net_profit.2024: expected a number"),
        ("market_share_rank: {2023: 1,\n  2024: 0}\n", 2, "market_share_rank.2024: expected a whole"),
        (
            "supervision_check_failures:\n  - date: 2023-05\n  - date: soon\n",
            3,
            "supervision_check_failures[1].date: expected a date",
        ),
        ("excellence_model_since: 2024-02-30\n", 1, "2024-02-30 is no day"),
        ("excellence_model_since: '2024-02-30'\n", 1, "excellence_model_since: expected a date"),
        (
            "iso_9001_certificate: {held: true, until: 2027-01-01}\n",
            1,
            "iso_9001_certificate.until: not part",
        ),
        ("niche_leading: true\nniche_leading: false\n", 2, "the key 'niche_leading' stands twice"),
        ("niche_leading: [true\nregistered_city: other\n", 2, "did not find expected"),
        ("- niche_leading\n", 1, "expected a mapping of keys to values"),
        ("niche_leading", 1, "expected a mapping of keys to values"),
    ],
)
def test_the_line_the_person_has_to_look_at_is_named(tmp_path: Path, text: str, line: int, said: str) -> None:
    (tmp_path / "facts.yaml").write_text(text, encoding="utf-8")
    told = refused("ZZ", "--facts", "facts.yaml")
    assert told.startswith(f"facts.yaml:{line}: ")
    assert said in told


def test_a_file_of_json_is_named_in_the_same_way(tmp_path: Path) -> None:
    (tmp_path / "facts.json").write_text('{\n\t"niche_leading": true,\n\t"x": 1\n}', encoding="utf-8")
    assert refused("ZZ", "--facts", "facts.json").startswith("facts.json:3: x: no such fact")


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    assert refused("ZZ", "--facts", "facts.yaml").startswith("facts.yaml:1: No such file")
    (tmp_path / "facts.yaml").write_bytes("registered_city: 郑州".encode("gb18030"))
    assert refused("ZZ", "--facts", "facts.yaml") == "facts.yaml:1: the file is not UTF-8 text"
    assert refused("ZZ", "--facts", tmp_path).endswith("Is a directory")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"registered_city: \xff\xfe", "stdin:1: the file is not UTF-8 text"),
        (b"a: 1", "stdin:1: a: no such fact (see: zhuoyue fact list)"),
        (
            b"registered_city: other\nregistered_city: other",
            "stdin:2: the key 'registered_city' stands twice",
        ),
    ],
)
def test_standard_input_is_named_too(monkeypatch: pytest.MonkeyPatch, sent: bytes, said: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(sent)))
    assert refused("ZZ", "--facts", "-") == said


@pytest.mark.parametrize("day", ["2026-02-30", "20260521", "2026-W21-4", "tomorrow", ""])
def test_a_day_is_written_in_one_way_only(tmp_path: Path, day: str) -> None:
    (tmp_path / "facts.yaml").touch()
    assert refused("ZZ", "--facts", "facts.yaml", "--as-of", day).startswith(f"--as-of: {day} is not a day")


def test_a_day_no_policy_reaches_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").touch()
    for day in ("1899-12-31", "2201-01-01"):
        told = refused("ZZ", "--facts", "facts.yaml", "--as-of", day)
        assert told == f"--as-of: {day} lies outside the years 1900 to 2200"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_programme_or_round_that_is_not_there_is_answered_with_those_that_are(
    tmp_path: Path, language: str
) -> None:
    (tmp_path / "facts.yaml").touch()
    told = refused("QQ", "--facts", "facts.yaml", language=language)
    assert "QQ" in told
    assert "hangzhou-quality-award" in told
    told = refused("ZM", "--facts", "facts.yaml", "--round", "zmd_2022_call", language=language)
    assert "zmd_2022_call" in told
    assert "zmd_2021_call" in told


def test_the_facts_have_to_be_given() -> None:
    assert "--facts" in refused("ZZ")
    assert "xml" in refused("ZZ", "--facts", "-", "--format", "xml")
