"""All dialogs by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs import menu, my_answers, my_data, organisation, programme_information, self_check
from dialogs.talk import Builder

HOME: Final = menu.NAME
"""The dialog a chat without a conversation is in."""

DIALOGS: Final[Mapping[str, Builder]] = {
    menu.NAME: menu.menu,
    organisation.NAME: organisation.organisation,
    my_answers.NAME: my_answers.my_answers,
    my_data.NAME: my_data.my_data,
    programme_information.NAME: programme_information.programme_information,
    self_check.NAME: self_check.self_check,
}
