"""Announcements as whole conversations: written, looked at, sent, read, paused, withdrawn, corrected; and who may do that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dialogs.announcement_acts import act_on_announcement, write_announcement
from dialogs.announcement_cards import AnnouncementCards
from dialogs.engine.choosing import NONE
from dialogs.engine.screen import Card, message_from_json
from dialogs.staff_commands import ActOnAnnouncement, WriteAnnouncement
from domain.announcements import (
    Announcement,
    AnnouncementAct,
    AnnouncementRefused,
    AnnouncementState,
    Audience,
    Texts,
)
from domain.rounds import Bilingual
from domain.staff import ALLOWED, OPERATOR, Act, Actor, Grant, Member, NotAllowed, Role, Scope
from domain.store import NotFound, StaleRevision, Transaction
from locales.words import Catalogues
from scheduler.announcing import Announcer, announcing
from tests.support.announcing import UNCONSENTED
from tests.support.conversation import Person, a_person, block_lines
from tests.support.programmes import examiner, programmes
from tests.support.staff import (
    ADMINISTRATOR,
    HANGZHOU,
    OF_HANGZHOU,
    OF_ZHONGYUAN,
    VIEWER,
    WUHU,
    ZHENGZHOU,
    a_round,
    another,
    joins,
    trail,
)

TEXTS = Texts(Bilingual("培训通知", "Training"), Bilingual("三月开班。", "It begins in March."))
HOME, ABROAD, ELSEWHERE, WHOLE_CITY = (
    Scope(HANGZHOU, "西湖区"),
    Scope(HANGZHOU, "滨江区"),
    Scope(WUHU, "西湖区"),
    Scope(HANGZHOU),
)


def keys(person: Person) -> list[str]:
    return [choice.key for choice in person.now_sees.choices]


def label_of(person: Person, key: str) -> str:
    return next(choice.label for choice in person.now_sees.choices if choice.key == key)


def somebody_who_asked(
    person: Person, name: str, language: str = "zh_CN", programme: str = HANGZHOU
) -> Person:
    """Somebody else, who asked to hear of a programme."""
    guest = another(person, name, language)
    now = person.clock.now()
    person.database.run(
        lambda tx: tx.reminder_preferences.subscribe(guest.chat, programme, wanted=True, now=now)
    )
    return guest


def ticks(person: Person) -> None:
    """The clockwork sends what is to be sent."""
    cards = AnnouncementCards(programmes(), examiner(), Catalogues.load())
    errand, _ = announcing(Announcer(cards, examiner().calendar), UNCONSENTED)
    person.database.awaits(lambda database: errand.run(database, person.clock))


def cards_of(person: Person) -> list[Card]:
    """The announcements a person has."""
    rows = person.database.run(lambda tx: tx.outbox.all(person.chat))
    found = [message_from_json(row.message_json) for row in rows if row.lane == "broadcast"]
    return [one for one in found if isinstance(one, Card)]


def text_of(card: Card) -> str:
    lines = [card.title, *(line for block in card.blocks for line in block_lines(block))]
    return "\n".join([*lines, *(choice.label for choice in card.choices)])


def on_a_working_day(person: Person) -> None:
    """The day of the tests is a Saturday."""
    person.clock.set(person.clock.now().replace(day=20))


def written(person: Person, *, to: str = "hz", whom: tuple[str, ...] = ("everybody", "whole")) -> None:
    """Write an announcement up to the preview."""
    person.commands("menu")
    person.presses("announcements", "new", to, *whom)
    person.says("培训通知 | Training", "三月开班。\n请报名。", "It begins in March.")
    person.presses(NONE)


def sent(person: Person, audience: Audience | None = None, actor: Actor = OPERATOR) -> int:
    """An announcement that is being sent."""
    command = WriteAnnouncement(TEXTS, audience or Audience(programme=HANGZHOU), send=True)
    return person.database.run(lambda tx: write_announcement(tx, actor, command, person.clock.now()).id)


# Writing and sending ------------------------------------------------------------------------------


def test_an_officer_writes_sees_how_many_and_sends_and_each_reads_it_in_their_language(
    tmp_path: Path,
) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guests = [somebody_who_asked(officer, f"guest-{one}", "en" if one else "zh_CN") for one in range(6)]
        stranger = somebody_who_asked(officer, "stranger", programme=WUHU)
        joins(officer, OF_HANGZHOU)
        written(officer)
        officer.is_at("new_announcement", "preview")
        officer.sees(
            "发给：6 人",
            "三月开班。",
            "请报名。",
            "It begins in March.",
            "要求提醒“杭州市政府质量奖”或做过其自查的人",
        )
        assert not cards_of(guests[0])
        officer.presses("send")
        officer.sees("通知 1 号：培训通知：发送中")
        ticks(officer)
        assert [len(cards_of(one)) for one in (*guests, stranger, officer)] == [1] * 6 + [0, 0]
        chinese, english = text_of(cards_of(guests[0])[0]), text_of(cards_of(guests[1])[0])
        for said in (
            "培训通知",
            "三月开班。",
            "请报名。",
            "因为您要求提醒这个项目或做过它的自查",
            "不再接收该项目的通知",
        ):
            assert said in chinese
        assert "It begins in March." in english
        assert "Stop announcements of this programme" in english
        assert not re.search(r"[\u4e00-\u9fff]", english)
        officer.presses("announcement:1")
        officer.sees("已发送", "应收人数：6 人", "已送达：6 人")
        kinds = [kind for kind, _ in trail(officer) if kind.startswith("announcement")]
        assert kinds == ["announcement_draft", "announcement_send", "announcement_finished"]


def test_a_draft_is_kept_looked_at_and_sent_later(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", "en")
        joins(officer, OF_HANGZHOU)
        written(officer)
        officer.presses("save")
        officer.sees("No. 1: Training", "draft")
        ticks(officer)
        assert cards_of(guest) == []
        officer.presses("announcement:1", "send")
        officer.is_at("announcement", "sure")
        officer.sees("fewer than 5 people", "It begins in March.")
        officer.presses("done")
        officer.sees("being sent")
        ticks(officer)
        assert len(cards_of(guest)) == 1


def test_one_language_is_enough_and_the_other_reader_is_told(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        chinese, english = (somebody_who_asked(officer, one, one) for one in ("zh_CN", "en"))
        joins(officer, OF_HANGZHOU)
        officer.presses("announcements", "new", "hz", "everybody", "whole")
        officer.says("停电通知", "周一停办。")
        officer.presses("skip", NONE)
        officer.sees("没有写：英文")
        officer.presses("send")
        ticks(officer)
        assert "This was written in Chinese only." in text_of(cards_of(english)[0])
        assert "只有" not in text_of(cards_of(chinese)[0])


def test_a_text_in_neither_language_is_not_offered(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        officer.presses("announcements", "new", "hz", "everybody", "whole")
        officer.says("Training")
        officer.presses("skip")
        assert "skip" not in keys(officer)


def test_to_nobody_nothing_is_sent(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, OF_HANGZHOU)
        written(officer)
        officer.sees("It goes to nobody.")
        assert "send" not in keys(officer)
        with pytest.raises(AnnouncementRefused):
            sent(officer)
        assert officer.database.run(lambda tx: tx.announcements.all()) == ()


def test_it_goes_to_those_a_round_is_for(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", "en")
        a_round(officer)
        joins(officer, OF_HANGZHOU)
        written(officer, whom=("round", "round:1", "whole"))
        officer.sees("round: First round of 2027")
        officer.presses("send")
        ticks(officer)
        assert guest.answers_card("a1", "open").card == "a1"
        guest.is_at("round")


def test_it_goes_by_the_result_of_the_last_self_check_and_to_staff_by_role(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        joins(officer, ADMINISTRATOR)
        expert = another(officer, "expert", "en")
        joins(expert, Grant(Role.EXPERT, Scope(HANGZHOU)))
        written(officer, whom=("verdict", "obstacle_found", "whole"))
        officer.sees("last self-check: a condition is not met", "It goes to nobody.")
        officer.presses("drop")
        on_a_working_day(officer)
        written(officer, to="any", whom=("role", "expert", "whole"))
        officer.sees("staff: expert", "fewer than 5 people")
        officer.presses("send")
        ticks(officer)
        assert "as you are among the staff: expert" in text_of(cards_of(expert)[0])


# Reading ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "stopped", "again"),
    [
        ("zh_CN", "您不会再收到这类通知。", "您会继续收到这类通知。"),
        ("en", "You get no more such announcements.", "You get such announcements again."),
    ],
)
def test_who_stops_them_gets_no_more_until_they_want_them_again(
    tmp_path: Path, language: str, stopped: str, again: str
) -> None:
    with a_person(tmp_path, language) as guest:
        on_a_working_day(guest)
        guest.database.run(
            lambda tx: tx.reminder_preferences.subscribe(
                guest.chat, HANGZHOU, wanted=True, now=guest.clock.now()
            )
        )
        other = somebody_who_asked(guest, "other")
        sent(guest)
        ticks(guest)
        card = guest.answers_card("a1", "stop")
        assert stopped in text_of(card)
        assert [choice.key for choice in card.choices] == ["open", "again"]
        assert guest.answers_card("a1", "stop") == card.model_copy(
            update={"blocks": guest.cards["a1"].blocks}
        )
        sent(guest)
        ticks(guest)
        assert (len(cards_of(guest)), len(cards_of(other))) == (1, 2)
        assert again in text_of(guest.answers_card("a1", "again"))
        sent(guest)
        ticks(guest)
        assert len(cards_of(guest)) == 2


def test_asking_for_the_programme_again_brings_announcements_back(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as guest:
        guest.database.run(lambda tx: tx.announcements.stop(guest.chat, HANGZHOU))
        guest.commands("start", HANGZHOU)
        guest.presses("dates", "remind")
        assert guest.database.run(lambda tx: tx.announcements.stopped(guest.chat)) == frozenset()


def test_switching_the_programme_on_brings_announcements_back(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as guest:
        guest.database.run(lambda tx: tx.announcements.stop(guest.chat, HANGZHOU))
        guest.commands("reminders")
        guest.presses("settings", "programmes", f"p:{HANGZHOU}", "@done")
        wanted = guest.database.run(lambda tx: tx.reminder_preferences.get(guest.chat).programmes)
        assert wanted.get(HANGZHOU)
        assert guest.database.run(lambda tx: tx.announcements.stopped(guest.chat)) == frozenset()


def test_a_card_says_nothing_to_whom_it_was_not_for(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as outsider:
        on_a_working_day(outsider)
        somebody_who_asked(outsider, "guest")
        sent(outsider)
        ticks(outsider)
        for choice in ("open", "stop", "again"):
            card = outsider.answers_card("a1", choice)
            assert "out of date" in text_of(card)
            assert "Training" not in text_of(card)
        assert outsider.database.run(lambda tx: tx.announcements.stopped(outsider.chat)) == frozenset()


@pytest.mark.parametrize(
    ("language", "withdrawn"), [("zh_CN", "该通知已撤回。"), ("en", "This announcement was withdrawn.")]
)
def test_a_card_of_what_was_withdrawn_says_so_when_it_is_pressed(
    tmp_path: Path, language: str, withdrawn: str
) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", language)
        now = officer.clock.now()

        def later(tx: Transaction) -> None:
            # Whoever is reached through a messenger gets theirs a little later: it goes on until then.
            chat = tx.chats.open("telegram", "later", "en", now)
            tx.reminder_preferences.subscribe(chat.id, HANGZHOU, wanted=True, now=now)

        officer.database.run(later)
        sent(officer)
        ticks(officer)
        assert withdrawn not in text_of(guest.answers_card("a1", "again"))
        away = ActOnAnnouncement(1, 2, AnnouncementAct.WITHDRAW)
        officer.database.run(lambda tx: act_on_announcement(tx, OPERATOR, away, now))
        for choice in ("stop", "again", "open"):
            card = guest.answers_card("a1", choice)
            assert withdrawn in text_of(card)
            assert card.title in {"培训通知", "Training"}


def test_the_standing_of_a_programme_is_said_before_what_is_announced(tmp_path: Path) -> None:
    with a_person(tmp_path) as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", programme=ZHENGZHOU)
        sent(officer, Audience(programme=ZHENGZHOU))
        ticks(officer)
        (card,) = cards_of(guest)
        assert card.blocks[0].block == "notice"
        assert "可放心引用" in "\n".join(block_lines(card.blocks[0]))


# Privacy ------------------------------------------------------------------------------------------


def test_small_numbers_are_never_told_exactly(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        for number in range(4):
            somebody_who_asked(officer, f"guest-{number}", "en")
        joins(officer, OF_HANGZHOU)
        written(officer)
        officer.sees("It goes to fewer than 5 people.")
        officer.does_not_see("4 people")
        officer.presses("send")
        ticks(officer)
        officer.presses("announcement:1")
        officer.sees("delivered: fewer than 5 people")
        officer.does_not_see("4 ", "guest-")
        somebody_who_asked(officer, "guest-4", "en")
        written(officer)
        officer.sees("It goes to 5 people.")


# Stopping and correcting --------------------------------------------------------------------------


def test_it_is_paused_gone_on_with_withdrawn_and_corrected_in_chat(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", "en")
        joins(officer, OF_HANGZHOU)
        written(officer)
        officer.presses("send", "announcement:1")
        assert label_of(officer, "withdraw") == "Withdraw it"
        officer.presses("pause")
        officer.sees("What nobody began to send waits")
        officer.presses("done")
        officer.sees("paused")
        ticks(officer)
        assert cards_of(guest) == []
        officer.presses("resume", "done")
        ticks(officer)
        assert len(cards_of(guest)) == 1
        officer.commands("menu")
        officer.presses("announcements", "announcement:1")
        assert "withdraw" not in keys(officer)
        officer.presses("correct")
        officer.says("更正 | Correction", "四月开班。", "It begins in April.")
        officer.presses(NONE)
        officer.sees("whoever received announcement no. 1")
        officer.presses("send")
        ticks(officer)
        corrected = cards_of(guest)[-1]
        assert "This corrects an announcement you received: Training" in text_of(corrected)
        assert "It begins in April." in text_of(corrected)
        kinds = [kind for kind, _ in trail(officer) if kind.startswith("announcement")]
        assert kinds.count("announcement_pause") == kinds.count("announcement_resume") == 1
        assert ("announcement_draft", {"announcement": 2, "by": 1, "corrects": 1}) in trail(officer)


def test_a_draft_is_dropped_and_nobody_hears_of_it(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        on_a_working_day(officer)
        guest = somebody_who_asked(officer, "guest", "en")
        joins(officer, OF_HANGZHOU)
        written(officer)
        officer.presses("save", "announcement:1")
        assert label_of(officer, "withdraw") == "Discard the draft"
        officer.presses("withdraw")
        officer.sees("Discard the draft", "The draft is dropped")
        officer.presses("done")
        officer.sees("discarded")
        assert not {"send", "correct", "withdraw"} & set(keys(officer))
        ticks(officer)
        assert cards_of(guest) == []


def test_nobody_confirms_what_they_did_not_see(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        somebody_who_asked(officer, "guest", "en")
        joins(officer, OF_HANGZHOU)
        number = sent(officer)
        officer.presses("announcements", "announcement:1", "pause")
        seen = officer.now_sees
        paused = ActOnAnnouncement(number, 2, AnnouncementAct.PAUSE)
        officer.database.run(lambda tx: act_on_announcement(tx, OPERATOR, paused, officer.clock.now()))
        officer.presses_again(seen, "done")
        assert "announcement_resume" not in [kind for kind, _ in trail(officer)]
        (kept,) = officer.database.run(lambda tx: tx.announcements.all())
        assert (kept.state, kept.revision) == (AnnouncementState.PAUSED, 3)


# Who may ------------------------------------------------------------------------------------------


class UndoneError(Exception):
    """Takes a transaction back after it was seen to work."""


def a_member(person: Person, grant: Grant, name: str) -> Actor:
    def work(tx: Transaction) -> tuple[Member, ...]:
        chat = tx.chats.open("terminal", name, "en", person.clock.now())
        tx.staff.add(chat.person_id, grant, person.clock.now(), None)
        return tx.staff.of_person(chat.person_id)

    return Actor(person.database.run(work))


@pytest.mark.parametrize("role", Role)
def test_every_act_by_every_role_at_home_and_abroad(tmp_path: Path, role: Role) -> None:
    with a_person(tmp_path, "en") as person:
        grant = Grant(role) if role is Role.ADMINISTRATOR else Grant(role, HOME)
        actor = a_member(person, grant, role.value)
        now = person.clock.now()
        person.database.run(
            lambda tx: tx.reminder_preferences.subscribe(person.chat, HANGZHOU, wanted=True, now=now)
        )
        for place in (HOME, ABROAD, ELSEWHERE, WHOLE_CITY):
            audience = Audience(programme=place.programme, district=place.district)
            command = WriteAnnouncement(TEXTS, audience)
            kept = a_draft(person, command)
            inside = grant.scope.covers(place)
            assert allowed(person, actor, command) == (inside and role in ALLOWED[Act.WRITE_ANNOUNCEMENT])
            for act in AnnouncementAct:
                acting = ActOnAnnouncement(kept.id, kept.revision, act)
                assert allowed(person, actor, acting) == (inside and role in ALLOWED[Act.SEND_ANNOUNCEMENT])


def a_draft(person: Person, command: WriteAnnouncement) -> Announcement:
    return person.database.run(lambda tx: write_announcement(tx, OPERATOR, command, person.clock.now()))


def allowed(person: Person, actor: Actor, command: WriteAnnouncement | ActOnAnnouncement) -> bool:
    """Whether it is allowed, be it possible or not; what it did is taken back."""

    def work(tx: Transaction) -> None:
        if isinstance(command, WriteAnnouncement):
            write_announcement(tx, actor, command, person.clock.now())
        else:
            act_on_announcement(tx, actor, command, person.clock.now())
        raise UndoneError

    try:
        person.database.run(work)
    except (UndoneError, AnnouncementRefused):
        return True
    except NotAllowed:
        return False
    raise AssertionError("unreachable")


def test_what_is_not_there_is_told_to_those_alone_who_may_see_it(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as person:
        missing = WriteAnnouncement(TEXTS, Audience(corrects=99))
        with pytest.raises(NotFound):
            person.database.run(lambda tx: write_announcement(tx, OPERATOR, missing, person.clock.now()))
        with pytest.raises(NotAllowed):
            person.database.run(lambda tx: write_announcement(tx, Actor(), missing, person.clock.now()))
        acting = ActOnAnnouncement(99, 1, AnnouncementAct.SEND)
        with pytest.raises(NotFound):
            person.database.run(lambda tx: act_on_announcement(tx, OPERATOR, acting, person.clock.now()))
        draft = WriteAnnouncement(TEXTS, Audience(programme=HANGZHOU))
        kept = a_draft(person, draft)
        stale = ActOnAnnouncement(kept.id, 7, AnnouncementAct.SEND)
        with pytest.raises(StaleRevision):
            person.database.run(lambda tx: act_on_announcement(tx, OPERATOR, stale, person.clock.now()))


def test_who_may_not_see_announcements_is_shown_none(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as viewer:
        somebody_who_asked(viewer, "guest")
        sent(viewer)
        joins(viewer, VIEWER)
        assert "announcements" not in keys(viewer)


def test_an_officer_of_a_district_writes_to_that_district_alone(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        somebody_who_asked(officer, "guest", programme=ZHENGZHOU)
        sent(officer, Audience(programme=ZHENGZHOU))
        joins(officer, OF_ZHONGYUAN)
        officer.presses("announcements")
        officer.does_not_see("Training")
        officer.presses("new")
        assert "zz" in keys(officer)
        assert not {"hz", "wh", "any"} & set(keys(officer))
        officer.presses("zz", "everybody")
        officer.sees_choices("中原区")
        assert "whole" not in keys(officer)


def test_a_role_that_ended_ends_the_announcement_that_was_being_written(tmp_path: Path) -> None:
    with a_person(tmp_path, "en") as officer:
        somebody_who_asked(officer, "guest")
        number = joins(officer, OF_HANGZHOU)
        written(officer)
        before = officer.now_sees
        officer.database.run(lambda tx: tx.staff.revoke(number, officer.clock.now(), None))
        officer.presses_again(before, "send")
        assert officer.database.run(lambda tx: tx.announcements.all()) == ()
