"""What is wrong in a programme file is named with file, line and reason, whoever made the mistake."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.facts.vocabulary import Vocabulary
from domain.programme.loader import ProgrammeError, read_cases, read_programme
from tests.support.any_expressions import FACTS

SOUND = """\
id: sound-award
code: SA
version: "1"
identity: {name: 某办法, short_name: 某奖}
statuses:
  - {status: not_yet_in_force, until: 2025-12-31, note: 未施行。}
  - {status: in_force, since: 2026-01-01, note: 有效。}
actors:
  - id: office
    name: 某办公室
    powers: [{text: 受理, clause: 第三条}]
criteria:
  - id: SA-E01
    title: 有证书
    clause: 第一条
    kind: evidence
    force: hard
    confirmed_by: [office]
    test: {yes: certified}
  - id: SA-E02
    title: 人数
    clause: 第二条
    kind: computable
    force: hard
    test:
      any:
        - number: {fact: staff, at_least: 10}
        - no_event: {fact: accidents, window: rolling, kinds: [red]}
procedures:
  - id: naming
    title: 认定
    start: applied
    stages:
      - {id: applied, title: 申报, actor: office, next: [{event: fit, to: named}]}
      - {id: named, title: 认定}
deadlines:
  - {id: SA-D01, title: 申报, rule: {annual: {safe: "05-31"}}}
duties:
  - {id: SA-Q01, title: 报告, who: office, deadline: SA-D01, clause: 第四条}
money:
  - {id: SA-M01, title: 奖励, ceiling: 10000, clause: 第五条}
"""


def problems(tmp_path: Path, text: str, folder: str = "sound-award") -> list[str]:
    """What is found, each as ``line: reason``."""
    path = tmp_path / folder / "programme.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    _, found = read_programme(path, FACTS)
    for problem in found:
        assert problem.file == str(path)
        assert problem.is_error
        assert "\n" not in str(problem)
    return [f"{problem.line}: {problem.reason}" for problem in found]


def test_a_sound_programme_is_without_fault(tmp_path: Path) -> None:
    assert problems(tmp_path, SOUND) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        # --- facts
        ("{yes: certified}", "{yes: cerified}", "19: no fact 'cerified'"),
        ("{yes: certified}", "{yes: staff}", "19: 'staff' is of type count; this test reads yes_no"),
        ("{yes: certified}", "{equals: {fact: colour, option: pink}}", "19: the fact 'colour' has no option 'pink'"),
        ("kinds: [red]", "kinds: [red, pink]", "28: the fact 'accidents' has no option 'pink'"),
        ("fact: accidents", "fact: told_on", "28: 'told_on' is of type date; this test reads events"),
        ("kinds: [red]", "after: accidents", "28: 'accidents' is of type events; this test reads date"),
        ("{yes: certified}", "{known: certified}", "19: 'certified' is asked: while it is not answered"),
        # --- names
        ("confirmed_by: [office]", "confirmed_by: [ofice]", "18: no actor 'ofice'"),
        ("actor: office, next", "actor: ofice, next", "34: no actor 'ofice'"),
        ("who: office", "who: ofice", "39: no actor 'ofice'"),
        ("deadline: SA-D01", "deadline: SA-D09", "39: no deadline 'SA-D09'"),
        ("to: named}]", "to: named, guards: [SA-G1]}]", "34: no rule 'SA-G1'"),
        ("ceiling: 10000", "ceiling: 1, deducts: [SA-M09]", "41: no money line 'SA-M09'"),
        ("    kind: evidence", "    kind: evidence\n    round: call", "17: no round 'call'"),
        ("id: sound-award", "id: other-award", "1: the id 'other-award' is not the name of its folder, 'sound-award'"),
        # --- form
        ("    title: 有证书", "    titel: 有证书", "13: criteria.0.title: Field required"),
        ("    title: 有证书", "    titel: 有证书", "14: criteria.0.titel: Extra inputs are not permitted"),
        ("at_least: 10", "at_lest: 10", "27: criteria.1.test.any.0.number.at_lest: Extra inputs"),
        ("staff, at_least: 10", "staff", "27: criteria.1.test.any.0.number: give at least one"),
        ("{yes: certified}", "{yess: certified}", "19: criteria.0.test: a test is a mapping with exactly one key"),
        ("force: hard", "force: harsh", "17: criteria.0.force: Input should be 'hard', 'preference'"),
        ("    force: hard\n    confirmed", "    force: hard\n    alternative: {yes: famous}\n    confirmed", "13: criteria.0: two readings need words"),
        ("id: SA-E01", "id: SA-EX1_", "13: criteria.0.id: String should match pattern"),
        ('"05-31"', '"31-05"', "37: deadlines.0.rule.annual.safe: String should match pattern"),
        # --- the whole
        ("id: SA-E02", "id: SA-E01", "1: the id SA-E01 stands twice"),
        ("id: SA-M01", "id: SB-M01", "1: the id SB-M01 does not begin with the code SA"),
        ("since: 2026-01-01", "since: 2026-01-02", "1: a gap or overlap between 2025-12-31 and 2026-01-02"),
        ("since: 2026-01-01", "since: 2025-12-31", "1: a gap or overlap between 2025-12-31 and 2025-12-31"),
        ("until: 2025-12-31", "since: 2020-01-01, until: 2025-12-31", "1: statuses cover all time"),
        ("{id: named, title: 认定}", "{id: named, title: 认定}\n      - {id: lost, title: 无}", "30: procedures.0: never reached: lost"),
        ("to: named}", "to: nowhere}", "30: procedures.0: applied leads to 'nowhere', which is no stage"),
        ("start: applied", "start: begin", "30: procedures.0: the start 'begin' is not a stage"),
        # --- YAML
        ("code: SA", "code: SA\ncode: SA", "3: the key 'code' stands twice"),
        ("code: SA", "code: [SA", "3: "),
        ("code: SA", "\tcode: SA", "2: "),
    ],
)  # fmt: skip
def test_every_mistake_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in SOUND
    found = problems(tmp_path, SOUND.replace(right, wrong, 1))
    assert any(problem.startswith(said) for problem in found), found


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SOUND.replace("yes: certified", "yes: cerified").replace("who: office", "who: ofice")
    assert problems(tmp_path, text) == ["19: no fact 'cerified'", "39: no actor 'ofice'"]


@pytest.mark.parametrize(
    ("test", "waits"),
    [
        ("test: {yes: told_by_staff}", True),
        ("test: {all: [{known: told_by_staff}, {yes: told_by_staff}]}", False),
        ("applies_when: {known: told_by_staff}\n    test: {yes: told_by_staff}", False),
        ("applies_when: {yes: told_by_staff}\n    test: {yes: certified}", True),
        (
            "test: {when: {if: {known: told_by_staff}, then: {yes: told_by_staff}, else: {yes: certified}}}",
            False,
        ),
        (
            "test: {when: {if: {known: told_by_staff}, then: {yes: certified}, else: {yes: told_by_staff}}}",
            True,
        ),
        (
            "test: {yes: certified}\n    readings: {conservative: 严, alternative: 宽}\n    alternative: {no: told_by_staff}",
            True,
        ),
    ],
)
def test_a_hard_criterion_never_waits_for_what_nobody_is_asked(
    tmp_path: Path, test: str, waits: bool
) -> None:
    staff = FACTS["certified"].model_copy(update={"id": "told_by_staff", "asked": False})
    vocabulary = Vocabulary([*FACTS.values(), staff])
    path = tmp_path / "sound-award" / "programme.yaml"
    path.parent.mkdir()
    path.write_text(SOUND.replace("test: {yes: certified}", test), encoding="utf-8")
    _, found = read_programme(path, vocabulary)
    told = [problem.reason.startswith("nobody is asked for 'told_by_staff': a hard") for problem in found]
    assert told == [True] * waits


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cases:\n  - {id: SA-C01, about: nothing asked}\n", r":2: cases\.0: a case asks exactly one"),
        ("cases:\n  - {id: SA-C01, abut: x}\n", r":2: cases\.0\.abut: Extra inputs"),
        ("cases: []\n", r":1: cases: Tuple should have at least 1 item"),
        ("- 1\n", r":1: expected a mapping"),
        ("cases: [\n", r":2: "),
    ],
)  # fmt: skip
def test_worked_cases_are_held_to_the_same(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProgrammeError, match=re.escape(str(path)) + said):
        read_cases(path)
