"""Old buttons, buttons pressed twice, and buttons nobody made: the position stays, and the person sees where they are."""

from __future__ import annotations

from bot.telegram.callback_data import Fill, Look, Press, pack
from dialogs.engine.screen import Screen
from tests.support.telegram import Bot, Chatter
from tests.support.telegram_api.sight import Seen

PROGRAMME = "zhengzhou-incubation-base"


def test_a_button_of_an_earlier_screen_changes_nothing_and_shows_where_we_are(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    earlier: list[tuple[Seen, Screen]] = []
    for _ in range(4):
        earlier.append((wang.living, wang.screen))
        wang.chooses("@unsure")
    state, revision = wang.state, wang.screen.revision
    for message, screen in earlier:
        for choice in screen.choices:
            wang.chooses(choice.key, on=message, screen=screen)
            assert (wang.state, wang.screen.revision) == (state, revision), choice
            wang.sees("没有改动")


def test_a_button_pressed_twice_at_once_counts_once(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    living, screen = wang.living, wang.screen
    data = pack(Press(screen.conversation, screen.revision, "@unsure"))
    first = wang.person.press_data(living, data)
    second = wang.person.press_data(living, data)
    wang.waits_until(lambda: "没有改动" in wang.person.last.text)
    assert wang.screen.revision == screen.revision + 1
    wang.waits_until(lambda: not (wang.person.is_waiting(first) or wang.person.is_waiting(second)))


def test_a_press_on_an_old_message_is_answered_at_the_end_of_the_chat(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    old, screen = wang.living, wang.screen
    wang.types("郑州市")
    now = wang.living
    wang.chooses("@unsure", on=old, screen=screen)
    assert wang.living.id > now.id


def test_a_press_is_released_before_it_is_answered(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    press = wang.person.press_data(wang.living, "what is this")
    wang.waits_until(lambda: not wang.person.is_waiting(press))
    wang.waits_until(lambda: "没有改动" in wang.person.last.text)


def test_data_nobody_wrote_changes_nothing(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    screen, state = wang.screen, wang.state
    for data in (
        "",
        "p",
        "p:1:1:",
        "d:/results/1",
        "d:/etc/passwd",
        pack(Press(2**62, 1, "x")),
        pack(Look(screen.conversation, screen.revision + 1, "o2")),
        pack(Look(screen.conversation, screen.revision, "nonsense")),
        pack(Fill(screen.conversation, screen.revision + 7, "2024-05")),
        pack(Press(screen.conversation, screen.revision, "@nothing")),
    ):
        before = wang.last_id
        wang.person.press_data(wang.living, data)
        wang.waits_until(lambda before=before: wang.last_id > before)  # type: ignore[misc]  # the default binds it
        assert (wang.state, wang.screen.revision) == (state, screen.revision), data


def test_nobody_gets_the_paper_of_another_chat(bot: Bot) -> None:
    wang, li = Chatter(bot), Chatter(bot, "李雷")
    wang.begins(PROGRAMME)
    wang.answers_everything({})
    paper = next(button for button in wang.living.buttons if (button.data or "").startswith("d:"))
    li.starts()
    li.person.press_data(li.living, paper.data or "")
    li.person.wait_for("已经不在了")
    assert not any(message.file_name for message in li.person.received())


def test_long_lists_are_turned_page_by_page_in_place(bot: Bot) -> None:
    wang = Chatter(bot)
    wang.begins(PROGRAMME)
    for _ in range(14):
        wang.chooses("@unsure")
    wang.types("进度")
    shown, revision = wang.living, wang.screen.revision
    wang.presses("▶", on=shown)
    assert wang.living.id == shown.id
    assert wang.living.labels != shown.labels
    assert wang.screen.revision == revision
    wang.presses("◀", on=wang.living)
    assert wang.living.labels == shown.labels
