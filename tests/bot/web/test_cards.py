"""Cards on the page: they come by themselves, stand beside the question, and are answered where they stand."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, expect

from dialogs.engine.screen import Card, message_to_json
from tests.support.browser import DESKTOP, Person, Scheme
from tests.support.scripted import a_card
from tests.support.web import Served, Visitor, serve


def brings(served: Served, card: Card, chat: int = 1) -> None:
    """A card comes by itself."""
    served.run(
        lambda house: house.database.run(
            lambda tx: tx.outbox.put(chat, message_to_json(card), house.clock.now(), "reminder")
        )
    )


def arrived(person: Person, card: str) -> Locator:
    """The card, once the page has it: an open page notices within seconds what came by itself."""
    shown = person.page.locator(f"[data-card={card}]")
    expect(shown).to_have_count(1)
    return shown


def test_a_card_comes_by_itself_and_leaves_the_question_as_it_is(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, "en-GB") as person:
        person.visit()
        person.asked("Is this a manufacturing enterprise?")
        brings(page_served, a_card())
        card = arrived(person, "r1")
        expect(card).to_contain_text("Hand in by 31 May")
        expect(card.get_by_role("button")).to_have_count(2)
        person.asked("Is this a manufacturing enterprise?")
        person.chooses("yes")
        expect(person.page.locator(".said").last).to_contain_text("Yes")
        # The buttons of a card stay good when the conversation has gone on.
        card.get_by_role("button", name="It is done").click()
        expect(card).to_contain_text("Pressed done")
        expect(card.get_by_role("button")).to_have_count(0)
        expect(person.page.locator("[data-card=r1]")).to_have_count(1)
        person.chooses("a")
        expect(person.current.locator("[aria-pressed=true]")).to_have_count(1)


def test_a_card_that_comes_while_switches_are_pressed_stays(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, "en-GB") as person:
        person.visit()
        person.chooses("yes")
        person.asked("Which of these?")
        said = person.page.locator("#log .said")
        before = said.count()
        brings(page_served, a_card())
        brings(page_served, a_card("r2", "Hand in by 30 June"))
        arrived(person, "r2")
        for chosen, key in enumerate("abc", start=1):
            person.chooses(key)
            expect(person.current.locator("[aria-pressed=true]")).to_have_count(chosen)
        for _ in range(2):
            for card in ("r1", "r2"):
                expect(person.page.locator(f"[data-card={card}]").get_by_role("button")).to_have_count(2)
            expect(said).to_have_count(before)
            person.page.reload()
            expect(person.current.locator("[aria-pressed=true]")).to_have_count(3)


def test_a_page_that_is_opened_again_shows_cards_as_they_were_left(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, "en-GB") as person:
        person.visit()
        brings(page_served, a_card("r7"))
        brings(page_served, a_card("g8", "Three dates are near"))
        arrived(person, "r7").get_by_role("button", name="In three days").click()
        expect(person.page.locator("[data-card=r7]")).to_contain_text("Pressed later:3")
        person.page.reload()
        expect(person.page.locator("[data-card=r7]")).to_contain_text("Pressed later:3")
        expect(person.page.locator("[data-card=r7]")).to_have_count(1)
        expect(person.page.locator("[data-card=g8]").get_by_role("button")).to_have_count(2)


def test_nobody_is_pulled_away_and_a_button_leads_to_a_card_out_of_sight(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, "en-GB", size=(390, 500)) as person:
        person.visit()
        person.page.locator("#entry").fill("no, we")
        person.page.evaluate("window.scrollTo(0, 0)")
        news = person.page.get_by_role("button", name="New message")
        expect(news).to_be_hidden()
        brings(page_served, a_card())
        brings(page_served, a_card("r2", "Hand in by 30 June"))
        arrived(person, "r2")
        assert person.page.evaluate("window.scrollY") == 0
        expect(person.page.locator("#entry")).to_have_value("no, we")
        expect(news).to_be_visible()
        # Pressed without the help of the test's own scrolling, which would bring the card into sight by itself.
        news.evaluate("button => button.click()")
        expect(person.page.locator("[data-card=r2]")).to_be_in_viewport()
        expect(news).to_be_hidden()


def test_a_card_that_is_said_again_comes_last_and_is_noticed_as_news(
    page_served: Served, browser: Browser
) -> None:
    with Person(browser, page_served.url, "en-GB", size=(390, 500)) as person:
        person.visit()
        brings(page_served, a_card())
        card = arrived(person, "r1")
        card.get_by_role("button", name="In three days").click()
        expect(card).to_contain_text("Pressed later:3")
        person.types("no")
        last = person.page.locator("#log > :last-child")
        expect(last).not_to_have_attribute("data-card", "r1")
        person.page.evaluate("window.scrollTo(0, 0)")
        news = person.page.get_by_role("button", name="New message")
        expect(news).to_be_hidden()
        brings(page_served, a_card(title="Hand in by 31 May, again"))
        expect(last).to_have_attribute("data-card", "r1")
        expect(last).to_contain_text("Hand in by 31 May, again")
        expect(card).to_have_count(1)
        assert person.page.evaluate("window.scrollY") == 0
        expect(news).to_be_visible()
        news.evaluate("button => button.click()")
        expect(card).to_be_in_viewport()
        # A page that is opened again has it in the same place, and pressing it changes it there.
        person.page.reload()
        expect(last).to_have_attribute("data-card", "r1")
        person.types("yes")
        expect(last).not_to_have_attribute("data-card", "r1")
        card.get_by_role("button", name="It is done").click()
        expect(card).to_contain_text("Pressed done")
        expect(last).not_to_have_attribute("data-card", "r1")


def test_a_card_in_sight_needs_no_button(page_served: Served, browser: Browser) -> None:
    with Person(browser, page_served.url, "en-GB", DESKTOP) as person:
        person.visit()
        brings(page_served, a_card())
        expect(arrived(person, "r1")).to_be_in_viewport()
        expect(person.page.locator("#news")).to_be_hidden()


def test_a_card_can_be_read_by_everybody(page_served: Served, browser: Browser) -> None:
    schemes: tuple[Scheme, ...] = ("light", "dark")
    for chat, scheme in enumerate(schemes, start=1):
        with Person(browser, page_served.url, "en-GB", scheme=scheme, bypass_csp=True) as person:
            person.visit()
            brings(page_served, a_card(), chat)
            arrived(person, "r1")
            found = Axe().run(person.page)
            assert found.violations_count == 0, found.generate_report()


def test_only_presses_of_the_known_shape_are_taken(tmp_path: Path) -> None:
    with serve(tmp_path) as served, Visitor(served.url) as visitor:
        visitor.open()
        for card, choice in (("R1", "done"), ("r", "done"), ("r1x", "done"), ("r1", ""), ("r1", "ä")):
            refused = visitor.post({"kind": "answered", "card": card, "choice": choice})
            assert refused.status_code == 400, (card, choice)
        taken = visitor.post({"kind": "answered", "card": "r1", "choice": "done"})
        assert taken.status_code == 202
        visitor.messages()
        assert visitor.cards["r1"].choices == ()
