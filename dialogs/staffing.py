"""Who belongs to the staff: roles, invitations, and taking either back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dialogs.commands import Start
from dialogs.engine.answers import Json
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Commands, Dialog, Here, State
from dialogs.engine.screen import Block, Heading, Item, Items, Paragraph, plain
from dialogs.new_round import district_question
from dialogs.staff_acts import standing
from dialogs.staff_commands import InviteStaff, RevokeInvitation, RevokeMember
from dialogs.staff_words import INVITATION_STATES, allows_text, grant_text, role_name
from dialogs.world import World
from domain.staff import (
    GIVES,
    INVITATION_HOURS,
    Act,
    Grant,
    Invitation,
    InvitationState,
    Member,
    NotAllowed,
    Role,
    Scope,
    may,
)

NAME = "staff"
_MEMBER, _INVITATION = "member:", "invitation:"
_ALL = ""
_MOST = 12
"""How many can be taken back from one list; the command line has them all."""


def staffing(world: World) -> Dialog:
    """The person's own roles, and what they may do about those of others."""
    givable, takable = _givable(world), tuple(_takable(world))
    states = [_overview(world, bool(givable), bool(takable))]
    outcomes: dict[str, Callable[[Here], Commands]] = {}
    if givable:
        states += _inviting(world, givable)
        outcomes["invited"] = lambda here: (InviteStaff(_grant(_told(here))), Start(NAME))
    if takable:
        states += _taking(world, takable)
        outcomes["revoked"] = lambda here: (_revocation(here), Start(NAME))
    outcomes["kept"] = lambda _here: (Start(NAME),)
    outcomes["rounds"] = lambda _here: (Start("rounds"),)
    if not givable and not takable:
        del outcomes["kept"]
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("Staff"),
        start="overview",
        states=tuple(states),
        outcomes=outcomes,
    )


def _overview(world: World, may_invite: bool, may_revoke: bool) -> State:
    say = world.words.say
    options = [Option("rounds", say("Rounds"), "rounds")]
    then: dict[Json, str] = {"rounds": "rounds"}
    if may_invite:
        options.append(Option("invite", say("Invite somebody"), "invite"))
        then["invite"] = "role"
    if may_revoke:
        options.append(Option("revoke", say("Take a role or an invitation back"), "revoke"))
        then["revoke"] = "whom"
    return State(
        "overview",
        say("Staff"),
        ChooseOne(world.words, tuple(options), ways=True),
        then,
        blocks=lambda _here: _listed(world),
        silent=True,
    )


def _listed(world: World) -> tuple[Block, ...]:
    say, actor = world.words.say, world.office.actor
    own = tuple(
        Item(
            mark="info",
            spans=plain(grant_text(world, one.grant)),
            detail=plain(say("You may: %(what)s", what=allows_text(world, one.grant.role))),
        )
        for one in actor.members
    )
    blocks: list[Block] = [Items(items=own)] if own else [Paragraph(spans=plain(say("You hold no role.")))]
    members = [one for one in world.office.members if one.holds and actor.may(Act.SEE_STAFF, one.grant.scope)]
    if members:
        blocks += [
            Heading(text=say("Who holds a role")),
            Items(items=tuple(_member_item(world, one) for one in members)),
        ]
    waiting = [
        one
        for one in world.office.invitations
        if _state(world, one) is InvitationState.OPEN and actor.may(Act.SEE_STAFF, one.grant.scope)
    ]
    if waiting:
        blocks += [
            Heading(text=say("Invitations nobody has used yet")),
            Items(items=tuple(_invitation_item(world, one) for one in waiting)),
        ]
    return tuple(blocks)


def _member_item(world: World, member: Member) -> Item:
    since = world.words.say("since %(day)s", day=world.words.date(world.day(member.joined_at)))
    return Item(mark="info", spans=plain(f"{_member_name(world, member)} · {since}"))


def _member_name(world: World, member: Member) -> str:
    say = world.words.say
    return say("staff no. %(id)s", id=member.id) + f" · {grant_text(world, member.grant)}"


def _invitation_item(world: World, invitation: Invitation) -> Item:
    until = world.words.say("until %(when)s", when=world.words.datetime(invitation.expires_at))
    state = world.words.say(INVITATION_STATES[_state(world, invitation)])
    return Item(mark="info", spans=plain(f"{_invitation_name(world, invitation)} · {state} · {until}"))


def _invitation_name(world: World, invitation: Invitation) -> str:
    say = world.words.say
    return say("invitation no. %(id)s", id=invitation.id) + f" · {grant_text(world, invitation.grant)}"


def _state(world: World, invitation: Invitation) -> InvitationState:
    made_by = next((one for one in world.office.members if one.id == invitation.invited_by), None)
    return standing(invitation, made_by, world.now)


# Inviting -----------------------------------------------------------------------------------------


def _givers(world: World) -> tuple[Member, ...]:
    return tuple(one for one in world.office.actor.members if may(one, Act.INVITE_STAFF, one.grant.scope))


def _givable(world: World) -> tuple[Role, ...]:
    gives = frozenset().union(*(GIVES.get(one.grant.role, frozenset()) for one in _givers(world)))
    return tuple(role for role in Role if role in gives)


def _inviting(world: World, roles: tuple[Role, ...]) -> list[State]:
    say = world.words.say
    given = {name: answer.value for name, answer in world.answers.given().items()}
    options = tuple(Option(role.value, role_name(world, role), role.value) for role in roles)
    role = State(
        "role",
        say("Which role?"),
        ChooseOne(world.words, options),
        {Role.ADMINISTRATOR.value: "confirm", None: "programme"},
    )
    scopes = [one.grant.scope for one in _givers(world)]
    everywhere = any(not one.programme for one in scopes)
    programmes = [Option(_ALL, say("All programmes"), "all")] if everywhere else []
    programmes += [
        Option(one.id, world.name_of(one), one.code.lower(), (one.id,))
        for one in world.programmes
        if any(scope.programme in {"", one.id} for scope in scopes)
    ]
    programme = State(
        "programme",
        say("For which programme?"),
        ChooseOne(world.words, tuple(programmes)),
        "district",
    )
    required = given.get("role") == Role.COUNTY_OFFICER.value
    districts = _districts(scopes, str(given.get("programme", "")))
    every = None if required else Option(_ALL, say("For every district"), "whole", ("全部", "all"))
    district = State(
        "district", say("For which district?"), district_question(world, districts, every), "confirm"
    )
    yes = Option("yes", say("Make the invitation"), "yes", ("是", "确认", "yes"))
    no = Option("no", say("No, do not"), "no", ("不", "否", "no"))
    confirm = State(
        "confirm",
        say("Is this right?"),
        ChooseOne(world.words, (yes, no)),
        {"yes": "invited", "no": "kept"},
        blocks=lambda here: _about(world, _told(here)),
        view=True,
        silent=True,
    )
    return [role, programme, district, confirm]


def _districts(scopes: list[Scope], programme: str) -> tuple[str, ...]:
    """The districts a giver is limited to; empty where they may give a role for any."""
    able = [one for one in scopes if one.programme in {"", programme}]
    return () if any(not one.district for one in able) else tuple(one.district for one in able)


def _about(world: World, told: Mapping[str, Json]) -> tuple[Block, ...]:
    grant = _grant(told)
    say = world.words.say
    lasts = world.words.count(
        "The link is good for one person, once, for %(n)s hour.",
        "The link is good for one person, once, for %(n)s hours.",
        INVITATION_HOURS,
    )
    allows = say("It allows to: %(what)s", what=allows_text(world, grant.role))
    return (
        Paragraph(spans=plain(grant_text(world, grant))),
        Paragraph(spans=plain(allows)),
        Paragraph(spans=plain(lasts)),
    )


def _grant(told: Mapping[str, Json]) -> Grant:
    role = Role(str(told["role"]))
    if role is Role.ADMINISTRATOR:
        return Grant(role)
    return Grant(role, Scope(str(told.get("programme", "")), str(told.get("district", ""))))


def _told(here: Here) -> dict[str, Json]:
    return {name: answer.value for name, answer in here.given.items()}


# Taking back --------------------------------------------------------------------------------------


def _takable(world: World) -> Iterator[tuple[str, str]]:
    """What the person may take back: the key and what it is called."""
    for member in world.office.members:
        if member.holds and _may_take(world, member.grant):
            yield f"{_MEMBER}{member.id}", _member_name(world, member)
    for invitation in world.office.invitations:
        if _state(world, invitation) is InvitationState.OPEN and _may_take(world, invitation.grant):
            yield f"{_INVITATION}{invitation.id}", _invitation_name(world, invitation)


def _may_take(world: World, grant: Grant) -> bool:
    try:
        world.office.actor.permit_grant(Act.REVOKE_STAFF, grant)
    except NotAllowed:
        return False
    return True


def _taking(world: World, takable: tuple[tuple[str, str], ...]) -> list[State]:
    say = world.words.say
    options = tuple(Option(key, name, key) for key, name in takable[-_MOST:])
    names = dict(takable)
    whom = State("whom", say("Which one?"), ChooseOne(world.words, options, ways=True), "sure", silent=True)
    yes = Option("yes", say("Yes, take it back"), "yes", ("是", "确认", "yes"))
    no = Option("no", say("No, leave it"), "no", ("不", "否", "no"))
    sure = State(
        "sure",
        say("Take it back? It holds from this moment on."),
        ChooseOne(world.words, (yes, no)),
        {"yes": "revoked", "no": "kept"},
        blocks=lambda here: (Paragraph(spans=plain(names.get(str(here.value("whom")), ""))),),
        silent=True,
    )
    return [whom, sure]


def _revocation(here: Here) -> RevokeMember | RevokeInvitation:
    chosen = str(here.value("whom"))
    if chosen.startswith(_MEMBER):
        return RevokeMember(int(chosen.removeprefix(_MEMBER)))
    return RevokeInvitation(int(chosen.removeprefix(_INVITATION)))
