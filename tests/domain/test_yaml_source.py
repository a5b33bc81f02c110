"""YAML is read as people mean it, and what is wrong is named with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain import yaml_source
from domain.yaml_source import SourceError


def read(text: str) -> Any:
    return yaml_source.parse(text, "facts.yaml").data


def fault(text: str) -> str:
    with pytest.raises(SourceError) as caught:
        read(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("12", 12),
        ("-12", -12),
        ("+3", 3),
        ("1_000_000", 1_000_000),
        ("010", 10),
        ("09", 9),
        ("12:30", "12:30"),
        ("1:30:00", "1:30:00"),
        ("0x1F", "0x1F"),
        ("1.50", 1.5),
        ("2024-05", "2024-05"),
        ("2024-05-20", date(2024, 5, 20)),
        ("'2024-05-20'", "2024-05-20"),
        ("~", None),
        ("", None),
    ],
)
def test_plain_words_and_numbers_mean_what_people_mean(text: str, value: object) -> None:
    found = read(text)
    assert found == value
    assert type(found) is type(value)


def test_a_file_of_json_is_read_as_well() -> None:
    text = '{\n\t"net_profit": {"2023": 0, "2024": 1e3},\n\t"note": "a\\/b \\u6c34",\n\t"none": null\n}'
    assert read(text) == {"net_profit": {"2023": 0, "2024": "1e3"}, "note": "a/b 水", "none": None}


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    file.write_bytes("registered_city: 杭州".encode("utf-8-sig"))
    assert yaml_source.read(file).data == {"registered_city": "杭州"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "facts.yaml:3: the key 'a' stands twice"),
        ("a:\n  2023: 1\n  2023: 2\n", "facts.yaml:3: the key '2023' stands twice"),
        ("a: 1\n\tb: 2\n", "facts.yaml:2: "),
        ("a: [1, 2\nb: 3\n", "facts.yaml:"),
        ("a: 1\nb: 2024-02-30\n", "facts.yaml:2: 2024-02-30 is no day"),
        ("a: 1\nb: 2024-13-01\n", "facts.yaml:2: 2024-13-01 is no day"),
        ("a: 1\n? [1, 2]\n: 3\n", "facts.yaml:2: "),
        ("a: 1\n--- \nb: 2\n", "facts.yaml:2: "),
        ("a: *nowhere\n", "facts.yaml:1: "),
        ("a: !!python/object:os.system x\n", "facts.yaml:1: "),
        ("a: !!int nine\n", "facts.yaml:1: "),
        ("a: '\x07'\n", "facts.yaml:1: "),
        ("[" * 100_000, "facts.yaml:1: "),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, said: str) -> None:
    told = fault(text)
    assert told.startswith(said)
    assert "\n" not in told


def test_what_is_taken_over_may_be_changed_again_and_again() -> None:
    text = """
base: &base {x: 1, y: 2}
middle: &middle
  <<: *base
  x: 3
top:
  <<: *middle
  y: 5
"""
    assert read(text)["top"] == {"x": 3, "y": 5}


def test_the_line_of_every_value_is_known() -> None:
    source = yaml_source.parse("a:\n  b:\n    - 1\n    - {c: 2}\n", "facts.yaml")
    assert source.line_of(["a"]) == 2
    assert source.line_of(["a", "b", 1, "c"]) == 4
    assert source.line_of(["a", "b", 7]) == 3, "the nearest parent that exists"
    assert source.line_of(["elsewhere"]) == 1


def test_a_file_that_is_not_text_or_not_there_is_named(tmp_path: Path) -> None:
    file = tmp_path / "facts.yaml"
    with pytest.raises(SourceError, match=r"facts\.yaml:1: No such file"):
        yaml_source.read(file)
    file.write_bytes("城市: 杭州".encode("gb18030"))
    with pytest.raises(SourceError, match=r"facts\.yaml:1: the file is not UTF-8 text"):
        yaml_source.read(file)
    with pytest.raises(SourceError, match=r":1: Is a directory"):
        yaml_source.read(tmp_path)


def test_a_list_is_no_mapping() -> None:
    with pytest.raises(SourceError, match=r"facts\.yaml:1: expected a mapping"):
        yaml_source.mapping(yaml_source.parse("- a\n- b\n", "facts.yaml"))
