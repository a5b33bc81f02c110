"""What can go wrong with a request besides what Telegram answers, in the kinds that matter: above all whether it may have arrived.

The address of a request holds the bot's token, and so may the texts of errors of HTTP libraries; these say in their own words what
happened.
"""

from __future__ import annotations

from telegram.error import NetworkError, TelegramError, TimedOut


class NotSentError(NetworkError):
    """The request did not reach Telegram."""


class AnswerLostError(TimedOut):
    """The request went out and no answer came: nobody knows whether it was carried out."""


class NotTelegramError(NetworkError):
    """Something on the way answered in Telegram's place: a proxy, a gateway, another server."""


class TooLargeError(TelegramError):
    """A file has more bytes than we take."""
