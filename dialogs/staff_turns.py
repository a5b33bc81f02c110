"""The acts of staff inside a conversation: carried out for the person of the chat, and said how it went."""

from __future__ import annotations

from typing import assert_never

from dialogs import staff_acts as acts
from dialogs.announcement_acts import act_on_announcement, edit_announcement, write_announcement
from dialogs.announcement_words import STATES, announcement_title, problem_blocks
from dialogs.engine.screen import Block, Notice, Span, Tone, plain
from dialogs.round_words import ACTS, round_name
from dialogs.staff_commands import (
    AcceptInvitation,
    ActOnAnnouncement,
    ActOnRound,
    EditAnnouncement,
    InviteStaff,
    OpenRound,
    RevokeInvitation,
    RevokeMember,
    StaffCommand,
    WriteAnnouncement,
)
from dialogs.staff_words import GONE, grant_text
from dialogs.talk import Talk
from domain.announcements import Announcement, AnnouncementRefused
from domain.clock import day_in_shanghai
from domain.rounds import RoundAct, RoundRefused
from domain.staff import NotAllowed
from domain.store import NotFound, StaleRevision


def carry_out(talk: Talk, command: StaffCommand) -> None:
    """Do it, or say why not; a refusal changes nothing."""
    say = talk.words.say
    try:
        said = _done(talk, command)
    except RoundRefused as refused:
        said = tuple(_notice("error", say(problem.value)) for problem in refused.problems)
    except AnnouncementRefused as refused:
        said = problem_blocks(talk.world, refused.problems)
    except NotAllowed as refused:
        said = (_notice("error", say(refused.message_id)),)
    except acts.InvitationGone as gone:
        said = (_notice("warning", say(GONE[gone.state])),)
    except acts.AlreadyHeld:
        said = (_notice("info", say("You hold this role already. The invitation was not used.")),)
    except StaleRevision:
        text = say(
            "Somebody else has changed the round in the meantime. Nothing was changed; look at it again."
        )
        if isinstance(command, ActOnAnnouncement | EditAnnouncement):
            text = say("It is not as you saw it any more. Nothing was changed; look at it again.")
        said = (_notice("warning", text),)
    except NotFound:
        said = (_notice("warning", say("That is not there any more.")),)
    talk.notices.extend(said)
    talk.learnt()


def _done(talk: Talk, command: StaffCommand) -> tuple[Block, ...]:
    tx, now, say = talk.tx, talk.now, talk.words.say
    actor = tx.staff.actor(talk.chat.person_id)
    match command:
        case OpenRound() | ActOnRound():
            return _on_round(talk, command)
        case WriteAnnouncement():
            return _announced(talk, write_announcement(tx, actor, command, now, talk.chat.id))
        case EditAnnouncement():
            return _announced(talk, edit_announcement(tx, actor, command, now, talk.chat.id))
        case ActOnAnnouncement():
            return _announced(talk, act_on_announcement(tx, actor, command, now))
        case InviteStaff(grant):
            invited = acts.invite(tx, actor, grant, now)
            links = talk.library.addresses.of_invitation(invited.token)
            return (_link_notice(talk, links, invited),)
        case AcceptInvitation(invitation):
            member = acts.accept(tx, talk.chat.person_id, invitation, now)
            joined = say("You are now: %(role)s", role=grant_text(talk.world, member.grant))
            return (_notice("success", joined), *_way_back(talk))
        case RevokeMember(member_id):
            revoked = acts.revoke_member(tx, actor, member_id, now)
        case RevokeInvitation(invitation_id):
            revoked = acts.revoke_invitation(tx, actor, invitation_id, now)
        case _:
            assert_never(command)
    if revoked:
        return (_notice("success", say("It was taken back.")),)
    return (_notice("info", say("It was over already; nothing was changed.")),)


def _on_round(talk: Talk, command: OpenRound | ActOnRound) -> tuple[Block, ...]:
    actor = talk.tx.staff.actor(talk.chat.person_id)
    done = acts.act_on_round(talk.tx, actor, command, talk.now, day_in_shanghai(talk.now))
    programme = talk.world.programme(done.programme)
    name = done.programme if programme is None else round_name(talk.world, programme, done)
    act = ACTS[command.act] if isinstance(command, ActOnRound) else ACTS[RoundAct.OPEN]
    text = talk.words.say("Done: %(act)s, %(round)s", act=talk.words.say(act), round=name)
    return (_notice("success", text),)


def _announced(talk: Talk, done: Announcement) -> tuple[Block, ...]:
    say = talk.words.say
    named = announcement_title(talk.world, done)
    text = say("Announcement %(name)s: %(state)s", name=named, state=say(STATES[done.state]))
    return (_notice("success", text),)


def _link_notice(talk: Talk, links: tuple[str, ...], invited: acts.Invited) -> Notice:
    say = talk.words.say
    first = say(
        "Invitation no. %(id)s. Pass the link on to that one person now: it is kept for a few minutes only, and is good until %(when)s.",
        id=invited.invitation,
        when=talk.words.datetime(invited.expires_at),
    )
    return Notice(tone="success", spans=(*plain(first), *(Span(text=f"\n{link}") for link in links)))


def _way_back(talk: Talk) -> tuple[Notice, ...]:
    """A web session ends by itself, and without a return code the role would be out of reach with it."""
    if talk.chat.channel != "web" or talk.world.return_code:
        return ()
    text = talk.words.say(
        "This web chat ends after a while. To come back with your role, agree that your details are kept (Menu → My data) "
        "and write down the return code."
    )
    return (_notice("warning", text),)


def _notice(tone: Tone, text: str) -> Notice:
    return Notice(tone=tone, spans=plain(text))
