"""Somebody with a real Chromium, who talks to the web chat in a few verbs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, Self

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    expect,
    sync_playwright,
)

Scheme = Literal["light", "dark"]

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PHONE: Final = (390, 844)
SMALL_PHONE: Final = (360, 640)
DESKTOP: Final = (1280, 800)

PATIENCE: Final = 15_000
"""Milliseconds within which what a test waits for has to be on the page: no claim about speed, for machines are busy."""

UNREACHABLE: Final = re.compile(
    r"ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED"
)


def chromium_path() -> str:
    """The Chromium of the system's package manager."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    raise FileNotFoundError(
        "these tests need Chromium from the system's package manager (`make test` installs it)"
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium without a window."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Person:
    """One person with one browser profile: their tabs share the session."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        locale: str = "zh-CN",
        size: tuple[int, int] = PHONE,
        scheme: Scheme = "light",
        **options: Any,
    ) -> None:
        self.url = url
        self.context: BrowserContext = browser.new_context(
            locale=locale,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            **options,
        )
        self.context.set_default_timeout(PATIENCE)
        self.complaints: list[str] = []
        self.addresses: set[str] = set()
        self.page = self.new_tab()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.context.close()
        if kind is None:
            assert self.complaints == [], f"the browser complained: {self.complaints}"
            assert {address.partition("://")[2].partition("/")[0] for address in self.addresses} <= {
                self.url.partition("://")[2]
            }, "everything comes from this server"

    def new_tab(self) -> Page:
        """A tab of the same browser, not yet anywhere."""
        page = self.context.new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.addresses.add(request.url))
        return page

    def visit(self, page: Page | None = None) -> Page:
        """Open the chat and wait for the first screen."""
        tab = page or self.page
        tab.goto(self.url)
        expect(tab.locator(".screen").last).to_be_visible()
        expect(tab.locator("#log")).not_to_have_attribute("aria-busy", "true")
        return tab

    @property
    def current(self) -> Locator:
        """The screen that can be answered."""
        return self.page.locator(".screen.is-current")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """The current screen shows this text (sooner or later)."""
        expect(self.current).to_contain_text(text)

    def asked(self, title: str | re.Pattern[str]) -> None:
        """The current screen asks this."""
        expect(self.current.locator("h2")).to_have_text(title)

    def presses(self, label: str) -> None:
        """Press a button of the current screen."""
        self._unlocked()
        self.current.get_by_role("button", name=label, exact=True).click()

    def chooses(self, key: str) -> None:
        """Press the button with this key, whatever the language."""
        self._unlocked()
        self.current.locator(f'[data-choice="{key}"]').click()

    def _unlocked(self) -> None:
        # A locked button becomes an old one when the answer arrives: wait for the new one instead.
        expect(self.current.locator("[aria-disabled]")).to_have_count(0)

    def types(self, text: str) -> None:
        """Type a text and send it with Enter."""
        entry = self.page.locator("#entry")
        entry.fill(text)
        entry.press("Enter")

    def said(self) -> list[str]:
        """What the person said, as the page shows it."""
        texts = self.page.locator("#log .said").all_inner_texts()
        return [text.partition(":")[2].strip() if ":" in text else text for text in texts]

    def shot(self, path: Path, *, full: bool = False) -> None:
        """A picture of the page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=path, full_page=full)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def forget_lost_connections(self) -> None:
        """The browser itself reports a server that is away; only that is forgiven."""
        self.complaints = [text for text in self.complaints if not UNREACHABLE.search(text)]
