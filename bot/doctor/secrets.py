"""What must never be told, taken out of what is told: the last line of defence, not the first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from bot.doctor.findings import Finding
from bot.settings import Settings

_SHORTEST = 3
"""A shorter one would take letters out of every word, and protects nothing."""


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The secrets of the settings and of the proxies, the longest first."""

    known: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings | None) -> Self:
        """Those of the settings; none without settings."""
        if settings is None:
            return cls(())
        found: set[str] = set()
        if settings.telegram_token is not None:
            token = settings.telegram_token.get_secret_value()
            found |= {token, token.partition(":")[2]}
        for secret in (settings.telegram_webhook_secret, settings.metrics_token):
            if secret is not None:
                found.add(secret.get_secret_value())
        if settings.database_url is not None:
            found |= _passwords(settings.database_url.get_secret_value())
        for url in (settings.telegram_api_url, *getproxies().values()):
            # What cannot be reached may be told with its address.
            found |= _passwords(url)
        return cls(tuple(sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True)))

    def out_of(self, finding: Finding) -> Finding:
        """The finding without any of them."""
        return replace(finding, found=self._hidden(finding.found), remedy=self._hidden(finding.remedy))

    def _hidden(self, text: str) -> str:
        for secret in self.known:
            text = text.replace(secret, "…")
        return text


def _passwords(url: str) -> set[str]:
    try:
        password = urlsplit(url).password or ""
    except ValueError:
        return {url}
    return {password, unquote(password)}
