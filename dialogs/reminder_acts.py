"""Carrying out what somebody wishes about their reminders."""

from __future__ import annotations

from typing import assert_never

from dialogs import commands as c
from dialogs.talk import Talk


def apply_wish(talk: Talk, wish: c.SetReminders | c.RemindOf | c.CloseFeed) -> None:
    """Keep the wish. What is planned follows by itself: the store notes that the chat is to be planned for anew.

    Whoever asks to hear of a programme hears its announcements too, also where they stopped them before.
    """
    match wish:
        case c.SetReminders(preferences):
            before = talk.tx.reminder_preferences.get(talk.chat.id).programmes
            for programme, wanted in preferences.programmes.items():
                if wanted and not before.get(programme):
                    talk.tx.announcements.hear_again(talk.chat.id, programme)
            talk.tx.reminder_preferences.save(talk.chat.id, preferences, talk.now)
        case c.RemindOf(programme, wanted):
            talk.tx.reminder_preferences.subscribe(talk.chat.id, programme, wanted, talk.now)
            if wanted:
                talk.tx.announcements.hear_again(talk.chat.id, programme)
        case c.CloseFeed():
            talk.tx.feeds.revoke(talk.chat.id, talk.now)
        case _:
            assert_never(wish)
    talk.learnt()
