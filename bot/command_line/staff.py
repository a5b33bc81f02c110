"""``zhuoyue staff``: who holds which role, and the invitations by which people get one."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from bot.command_line import surroundings
from bot.command_line.errors import CommandError
from bot.command_line.forms import Format
from bot.command_line.queues import in_database

if TYPE_CHECKING:
    from dialogs.staff_acts import Invited
    from dialogs.world import World
    from domain.staff import Grant, Invitation, InvitationState, Member
    from domain.store import Transaction

RoleName = Literal[
    "administrator", "city_officer", "county_officer", "expert", "service_station", "supervisor", "viewer"
]

_PATIENCE: Final = 8.0
"""Seconds to wait for Telegram to say what the bot is called."""


def register(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(name="staff", help="Roles, and invitations to take one.", no_args_is_help=True)
    group.callback()(lambda: None)
    group.command("invite", help="Make a link by which one person takes a role, once.")(invite)
    group.command("list", help="Who holds a role, and which invitations are open.")(list_staff)
    group.command("revoke", help="Take a role or (with --invitation) an invitation back.")(revoke)
    app.add_typer(group)


def invite(
    role: Annotated[RoleName, typer.Argument(help="The role the link gives.")],
    programme: Annotated[
        str | None, typer.Option(help="Only for this programme (id or code); all of them without.")
    ] = None,
    district: Annotated[str | None, typer.Option(help="Only for this district; all of them without.")] = None,
    hours: Annotated[int | None, typer.Option(help="How long the link is good; 48 without.")] = None,
) -> None:
    """Write the links: they are shown now and never again."""
    from bot.command_line.at_hand import at_hand, today
    from dialogs.addresses import Addresses
    from dialogs.staff_words import grant_text
    from domain.clock import SystemClock
    from domain.staff import INVITATION_HOURS, OPERATOR

    house, words = at_hand(), surroundings.words()
    grant = _grant(
        role, "" if programme is None else house.programme(programme, today()).programme.id, district
    )
    lasts = INVITATION_HOURS if hours is None else hours

    def work(tx: Transaction) -> Invited:
        from dialogs.staff_acts import invite as make

        return make(tx, OPERATOR, grant, SystemClock().now(), lasts)

    try:
        invited = asyncio.run(in_database(work))
    except ValueError:
        raise CommandError(words.say("--hours: %(hours)s is not between 1 and 336", hours=lasts)) from None
    addresses = Addresses(surroundings.settings().web_address, asyncio.run(_bot_name()))
    world = house.world(today())
    print(
        words.say(
            "Invitation no. %(id)s for: %(role)s. Good for one person, once, until %(when)s.",
            id=invited.invitation,
            role=grant_text(world, grant),
            when=words.datetime(invited.expires_at),
        )
    )
    for link in addresses.of_invitation(invited.token):
        print(link)


def list_staff(
    everybody: Annotated[
        bool, typer.Option("--all", help="Also roles and invitations that are over.")
    ] = False,
    form: Annotated[Format, typer.Option("--format")] = Format.TEXT,
) -> None:
    """Write roles and invitations as tables."""
    from rich.table import Table

    from bot.command_line.at_hand import at_hand, today
    from bot.command_line.office_json import invitation_as_json, member_as_json
    from dialogs.staff_words import INVITATION_STATES
    from domain.staff import InvitationState

    world = at_hand().world(today())
    words, say = world.words, world.words.say
    members, invitations = asyncio.run(
        in_database(lambda tx: (tx.staff.all(), tx.invitations.all()), read=True)
    )
    shown = [one for one in members if one.holds or everybody]
    waiting = [(one, _state(world, one, members)) for one in invitations]
    waiting = [(one, state) for one, state in waiting if state is InvitationState.OPEN or everybody]
    if form is Format.JSON:
        found = {
            "members": [member_as_json(one) for one in shown],
            "invitations": [invitation_as_json(one, state) for one, state in waiting],
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if not shown and not waiting:
        print(say("Nobody holds a role yet. Begin with: zhuoyue staff invite administrator"))
        return
    if shown:
        table = Table(
            say("Number"), say("Role"), say("Held since"), say("Person"), say("Invited by"), say("State")
        )
        for member in shown:
            person = "–" if member.person_id is None else str(member.person_id)
            state = say("holds it") if member.holds else say("over")
            since = words.datetime(member.joined_at)
            table.add_row(str(member.id), _role(world, member), since, person, _by(world, member), state)
        surroundings.out().print(table)
    if waiting:
        table = Table(say("Invitation"), say("Role"), say("Good until"), say("State"))
        for invitation, standing in waiting:
            until = words.datetime(invitation.expires_at)
            state = say(INVITATION_STATES[standing])
            table.add_row(str(invitation.id), _role(world, invitation), until, state)
        surroundings.out().print(table)


def revoke(
    number: Annotated[int, typer.Argument(help="Number of the role, as in the list.")],
    invitation: Annotated[
        bool, typer.Option("--invitation", help="The number is that of an invitation.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Also the last administrator, though nobody is left then.")
    ] = False,
) -> None:
    """Take it back; it holds from the next thing the person does."""
    from dialogs.staff_acts import revoke_invitation, revoke_member
    from domain.clock import SystemClock
    from domain.staff import OPERATOR, LastAdministrator
    from domain.store import NotFound

    say, now = surroundings.words().say, SystemClock().now()

    def work(tx: Transaction) -> bool:
        if invitation:
            return revoke_invitation(tx, OPERATOR, number, now)
        return revoke_member(tx, OPERATOR, number, now, also_the_last=force)

    try:
        done = asyncio.run(in_database(work))
    except NotFound:
        raise CommandError(say("There is no number %(number)s.", number=number)) from None
    except LastAdministrator as refused:
        meant = say("If that is meant, say --force.")
        raise CommandError(f"{say(refused.message_id)} {meant}") from None
    if not done:
        raise CommandError(say("Number %(number)s was over already.", number=number))
    print(say("Number %(number)s was taken back.", number=number))


def _grant(role: RoleName, programme: str, district: str | None) -> Grant:
    from domain.staff import Grant, GrantError, Role, Scope

    say = surroundings.words().say
    try:
        return Grant(Role(role), Scope(programme, district or ""))
    except GrantError as error:
        raise CommandError(say(error.message_id)) from None


async def _bot_name() -> str:
    """What Telegram calls the bot; empty where there is none, or it cannot be asked now."""
    from telegram.error import TelegramError

    from bot.telegram.api import open_api

    settings = surroundings.settings()
    if settings.telegram_token is None:
        return ""
    try:
        async with asyncio.timeout(_PATIENCE):
            async with open_api(settings.telegram_token.get_secret_value(), settings.telegram_api_url) as api:
                return (await api.identity()).username
    except (TelegramError, TimeoutError):
        surroundings.complain(
            surroundings.words().say(
                "Telegram cannot be asked for the name of the bot now, so there is no link for Telegram."
            )
        )
        return ""


def _role(world: World, one: Member | Invitation) -> str:
    from dialogs.staff_words import grant_text

    return grant_text(world, one.grant)


def _by(world: World, member: Member) -> str:
    return world.words.say("the operator") if member.invited_by is None else str(member.invited_by)


def _state(world: World, invitation: Invitation, members: tuple[Member, ...]) -> InvitationState:
    from dialogs.staff_acts import standing

    made_by = next((one for one in members if one.id == invitation.invited_by), None)
    return standing(invitation, made_by, world.now)
