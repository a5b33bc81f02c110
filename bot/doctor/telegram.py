"""Whether Telegram knows the bot, and brings its updates the way the settings say."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final, TypeVar

from telegram import User, WebhookInfo
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError

from bot.doctor.asking import answer
from bot.doctor.findings import Finding, NotNowError, Patient, broken, fine, left_out, look
from bot.doctor.ports import who_serves
from bot.doctor.wording import span
from bot.telegram.api import Api, open_api
from bot.telegram.updates import ALLOWED
from bot.telegram.webhook import PATH

T = TypeVar("T")

RECENTLY: Final = timedelta(hours=1)
MANY_WAITING: Final = 100
"""What one poll fetches: a bot that runs does not leave more."""

POLL_SECONDS: Final = 7
"""Longer than a poller of ours pauses after it was interrupted."""

LONGEST_REASON: Final = 200


def token(patient: Patient) -> Finding:
    """Telegram takes the token, and the bot is set up as it should be."""
    words = patient.words
    try:
        me: User = _asked(patient, lambda api: api.bot.get_me())
    except InvalidToken:
        return broken(
            words.say("Telegram refuses the token"),
            words.say("get the token from @BotFather with /token and put it into ZHUOYUE_TELEGRAM_TOKEN"),
        )
    except NetworkError as error:
        return broken(
            words.say("Telegram cannot be reached: %(reason)s", reason=_reason(error)),
            words.say(
                "see that this computer reaches ZHUOYUE_TELEGRAM_API_URL; a proxy goes into HTTPS_PROXY"
            ),
        )
    except TelegramError as error:
        return look(
            words.say("Telegram says: %(reason)s", reason=_reason(error)), words.say("try again in a minute")
        )
    groups = words.say("may join groups") if me.can_join_groups else words.say("may not join groups")
    said = words.say("@%(name)s, number %(id)s, %(groups)s", name=me.username or "", id=me.id, groups=groups)
    if me.can_read_all_group_messages:
        return look(
            words.say(
                "%(bot)s; it is given everything that is said in groups and needs nothing of it", bot=said
            ),
            words.say("turn privacy on: @BotFather, /setprivacy, Enable"),
        )
    return fine(said)


def updates(patient: Patient) -> Finding:
    """How Telegram brings updates is how the settings say, and nothing piles up there."""
    words, settings = patient.words, patient.settings
    hook: WebhookInfo = _asked(patient, lambda api: api.bot.get_webhook_info())
    if settings.telegram_mode == "polling":
        if hook.url:
            return broken(
                words.say("updates are polled here, but a webhook is set: %(url)s", url=hook.url),
                words.say("`zhuoyue telegram delete-webhook`, or ZHUOYUE_TELEGRAM_MODE=webhook"),
            )
        return _waiting(patient, hook, words.say("polled"))
    wanted = f"{settings.public_url}{PATH}"
    if not hook.url:
        return broken(
            words.say("no webhook is set, and nobody polls"),
            words.say("`zhuoyue telegram set-webhook`, or ZHUOYUE_TELEGRAM_MODE=polling"),
        )
    if hook.url != wanted:
        return broken(
            words.say("Telegram brings updates to %(url)s, not to %(wanted)s", url=hook.url, wanted=wanted),
            "zhuoyue telegram set-webhook",
        )
    if set(hook.allowed_updates or ()) != set(ALLOWED):
        kinds = ", ".join(sorted(hook.allowed_updates or ())) or words.say("those Telegram chooses")
        return look(
            words.say("the webhook gets other kinds of updates than are read: %(kinds)s", kinds=kinds),
            "zhuoyue telegram set-webhook",
        )
    return _waiting(patient, hook, words.say("brought to %(url)s", url=hook.url))


def _waiting(patient: Patient, hook: WebhookInfo, said: str) -> Finding:
    words = patient.words
    waiting = words.count("%(n)s waits at Telegram", "%(n)s wait at Telegram", hook.pending_update_count)
    said = words.say("%(way)s; %(waiting)s", way=said, waiting=waiting)
    if hook.last_error_date is not None:
        ago = max(patient.clock.now() - hook.last_error_date, timedelta(0))
        said = words.say(
            "%(said)s; the last failure was %(span)s ago: %(reason)s",
            said=said,
            span=span(words, ago),
            reason=(hook.last_error_message or "")[:LONGEST_REASON],
        )
        if ago < RECENTLY:
            return look(said, words.say("see that the proxy passes %(path)s on to Zhuoyue", path=PATH))
    if hook.pending_update_count > MANY_WAITING:
        return look(said, words.say("see that `zhuoyue serve` runs and what its log says"))
    return fine(said)


def poller(patient: Patient) -> Finding:
    """Nobody else polls with the token. To find out one has to poll, unless it is we ourselves who serve here."""
    words, settings = patient.words, patient.settings
    if settings.telegram_mode != "polling":
        raise NotNowError(words.say("updates are not polled"))
    if who_serves(settings) is not None:
        return left_out(words.say("Zhuoyue polls here itself; its log says when another does"))
    try:
        # Without an offset nothing is confirmed: whatever comes meanwhile is brought again.
        _asked(patient, lambda api: api.updates(None, POLL_SECONDS, ALLOWED, 1))
    except Conflict as error:
        if "webhook" in error.message.lower():
            raise NotNowError(words.say("a webhook is set")) from None
        return look(
            words.say("another process polls with this token"),
            words.say("if it is not a Zhuoyue on the same database, stop it, or use a bot of its own"),
        )
    return fine(words.say("nobody else polls with this token"))


def _asked(patient: Patient, question: Callable[[Api], Awaitable[T]]) -> T:
    """Ask the Bot API. Raises TelegramError; NotNowError without a token."""
    settings = patient.settings
    if settings.telegram_token is None:
        raise NotNowError(patient.words.say("there is no Telegram token"))
    secret = settings.telegram_token.get_secret_value()

    async def ask() -> T:
        async with open_api(secret, settings.telegram_api_url, connections=2) as api:
            return await question(api)

    return answer(ask())


def _reason(error: TelegramError) -> str:
    return error.message[:LONGEST_REASON]
