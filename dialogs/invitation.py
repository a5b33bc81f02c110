"""Taking a role that somebody was invited to: what it is and what it allows, and then a press that makes it so."""

from __future__ import annotations

from dialogs.commands import GoToMenu
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Dialog, State
from dialogs.engine.screen import Block, Notice, Paragraph, plain, strong
from dialogs.staff_acts import standing
from dialogs.staff_commands import AcceptInvitation
from dialogs.staff_words import GONE, allows_text, grant_text
from dialogs.world import World
from domain.staff import Invitation, InvitationState

NAME = "invitation"


def invitation(world: World) -> Dialog:
    """The invitation in the subject, which only a link that was opened puts there."""
    say = world.words.say
    found = next((one for one in world.office.invitations if one.id == world.subject.get("invitation")), None)
    state = InvitationState.REVOKED if found is None else _standing(world, found)
    title = say("Invitation")
    if found is None or state is not InvitationState.OPEN:
        gone = say("This link is no invitation of ours.") if found is None else say(GONE[state])
        return Dialog(
            name=NAME,
            version=1,
            title=title,
            start="gone",
            states=(
                State(
                    "gone",
                    title,
                    ChooseOne(world.words, (Option("menu", say("Menu"), "menu"),), ways=True),
                    "menu",
                    blocks=lambda _here: (Notice(tone="warning", spans=plain(gone)),),
                    silent=True,
                ),
            ),
            outcomes={"menu": lambda _here: (GoToMenu(),)},
        )
    accept = Option("accept", say("Yes, I take this role"), "accept", ("是", "接受", "同意", "yes"))
    decline = Option("decline", say("No, I do not"), "decline", ("不", "否", "拒绝", "no"))
    declined = say("The role was not taken. The link stays good until it expires.")
    return Dialog(
        name=NAME,
        version=1,
        title=title,
        start="asked",
        states=(
            State(
                "asked",
                say("You are invited to take a role. Do you take it?"),
                ChooseOne(world.words, (accept, decline)),
                {"accept": "accepted", "decline": "declined"},
                blocks=lambda _here: _blocks(world, found),
                silent=True,
            ),
        ),
        outcomes={
            "accepted": lambda _here: (AcceptInvitation(found.id), GoToMenu()),
            "declined": lambda _here: (GoToMenu((Notice(tone="info", spans=plain(declined)),)),),
        },
    )


def _standing(world: World, found: Invitation) -> InvitationState:
    made_by = next((one for one in world.office.members if one.id == found.invited_by), None)
    return standing(found, made_by, world.now)


def _blocks(world: World, found: Invitation) -> tuple[Block, ...]:
    say = world.words.say
    recorded = say(
        "Take the role in your own chat only, never on a device of somebody else. What you do under it is recorded "
        "with the number of your role, the time and the reason."
    )
    allows = say("It allows to: %(what)s", what=allows_text(world, found.grant.role))
    until = say("The invitation is good until %(when)s.", when=world.words.datetime(found.expires_at))
    return (
        Paragraph(spans=strong(grant_text(world, found.grant))),
        Paragraph(spans=plain(allows)),
        Paragraph(spans=plain(until)),
        Notice(tone="info", spans=plain(recorded)),
    )
