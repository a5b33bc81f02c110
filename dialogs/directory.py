"""All dialogs by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dialogs import (
    announcement_page,
    announcements,
    edit_announcement,
    invitation,
    menu,
    my_answers,
    my_data,
    new_announcement,
    new_round,
    organisation,
    programme_information,
    reminders,
    round_page,
    rounds,
    self_check,
    staffing,
)
from dialogs.announcement_cards import answer_announcement
from dialogs.cards import CardKind
from dialogs.library import Builder
from dialogs.reminder_answers import answer_digest, answer_reminder

HOME: Final = menu.NAME
"""The dialog a chat without a conversation is in."""

DIALOGS: Final[Mapping[str, Builder]] = {
    menu.NAME: menu.menu,
    organisation.NAME: organisation.organisation,
    my_answers.NAME: my_answers.my_answers,
    my_data.NAME: my_data.my_data,
    programme_information.NAME: programme_information.programme_information,
    reminders.NAME: reminders.reminders,
    self_check.NAME: self_check.self_check,
    rounds.NAME: rounds.rounds,
    round_page.NAME: round_page.round_page,
    new_round.NAME: new_round.new_round,
    staffing.NAME: staffing.staffing,
    invitation.NAME: invitation.invitation,
    announcements.NAME: announcements.announcements,
    announcement_page.NAME: announcement_page.announcement_page,
    edit_announcement.NAME: edit_announcement.edit_announcement,
    new_announcement.NAME: new_announcement.new_announcement,
}

CARDS: Final[Mapping[str, CardKind]] = {"r": answer_reminder, "g": answer_digest, "a": answer_announcement}
"""Every kind of card that stands beside the conversation, by the letter its ids begin with."""
