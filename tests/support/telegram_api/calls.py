"""Every method the fake knows, found by its name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from tests.support.telegram_api.answers import Granted
from tests.support.telegram_api.call import known
from tests.support.telegram_api.methods import about, callbacks, files, messages, profile
from tests.support.telegram_api.model import StoredFile
from tests.support.telegram_api.parameters import Parameters
from tests.support.telegram_api.polling import Polling
from tests.support.telegram_api.webhook import Webhook
from tests.support.telegram_api.world import World

__all__ = ["SUBJECTS", "content_at", "known", "waiting_methods"]

SUBJECTS: Final = (about, callbacks, files, messages, profile)
"""The files whose methods are entered when this one is imported."""

ADDRESS_SECONDS: Final = 3600
"""The address of a file lives at least an hour, and here not a second longer."""


WaitingMethod = Callable[[Parameters], Awaitable[Granted]]


def waiting_methods(polling: Polling, webhook: Webhook) -> dict[str, WaitingMethod]:
    """Methods that wait or talk to other servers; they are carried out without the world's lock."""
    return {
        "getupdates": polling.get_updates,
        "setwebhook": webhook.set,
        "deletewebhook": webhook.delete,
        "getwebhookinfo": webhook.info,
    }


def content_at(world: World, path: str) -> bytes | None:
    """The content of a file by the path the bot was told, while that lives."""
    found: StoredFile | None = next((file for file in world.files.values() if file.path == path), None)
    if found is None or found.offered_at is None or world.clock.now() - found.offered_at > ADDRESS_SECONDS:
        return None
    return found.content
