"""Links into the chat: what the argument of `/start` stands for."""

from __future__ import annotations

from dialogs import commands as c
from dialogs.talk import Talk
from domain.privacy.tokens import hash_token
from domain.staff import token_in


def led_to(talk: Talk, argument: str) -> c.Start | None:
    """Where a link leads: ``<programme>``, ``check_<programme>``, ``<programme>_<round>``, ``check`` for all,
    ``i_<token>`` for an invitation, ``organisation``. None: to the menu.

    A round goes by its number; other names of one are left to the programme's page, which knows the rounds of today.
    """
    programmes = tuple([programme.id for programme in talk.in_use.programmes])
    place, _, rest = argument.partition("_")
    if place in programmes and (number := _round_number(talk, place, rest)):
        return c.Start("round", {"round": number})
    if place in programmes:
        return c.Start("programme", {"programme": place})
    if place == "check" and (rest in programmes or not rest):
        return c.Start("check", {"programmes": [rest] if rest else list(programmes)})
    if (token := token_in(argument)) is not None:
        found = talk.tx.invitations.find(hash_token(token))
        return c.Start("invitation", {"invitation": 0 if found is None else found.id})
    return c.Start(argument) if argument == "organisation" else None


def _round_number(talk: Talk, programme: str, name: str) -> int:
    """The number of a round everybody may see; 0 where a link names none."""
    rounds = talk.world.office.rounds if name else ()
    found = (one for one in rounds if str(one.id) == name and one.public and one.programme == programme)
    return next((one.id for one in found), 0)
