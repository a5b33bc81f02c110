"""Where a link into a chat leads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.conversation import a_person

ZZ = "zhengzhou-incubation-base"


@pytest.mark.parametrize(
    ("argument", "dialog"),
    [
        (ZZ, "programme"),
        (f"{ZZ}_2027", "programme"),
        ("", "menu"),
        ("nowhere", "menu"),
        ("check_nowhere", "menu"),
        ("_", "menu"),
    ],
)
def test_a_link_leads_to_a_programme_and_an_unknown_one_to_the_menu(
    tmp_path: Path, argument: str, dialog: str
) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", argument)
        person.is_at(dialog)


@pytest.mark.parametrize(("argument", "programmes"), [(f"check_{ZZ}", 1), ("check", 5)])
def test_a_link_leads_to_the_self_check_of_one_programme_or_of_all(
    tmp_path: Path, argument: str, programmes: int
) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", argument)
        person.presses("no")
        person.is_at("check")
        active = person.database.run(lambda tx: tx.conversations.active(person.chat))
        assert active is not None
        about = active.subject["programmes"]
        assert isinstance(about, list)
        assert len(about) == programmes


def test_a_link_leads_to_the_organisation(tmp_path: Path) -> None:
    with a_person(tmp_path) as person:
        person.commands("start", "organisation")
        person.is_at("organisation")
