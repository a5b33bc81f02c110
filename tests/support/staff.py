"""People of the staff in tests: they join by a real invitation and act in real conversations."""

from __future__ import annotations

from datetime import date

from dialogs import staff_acts
from dialogs.staff_acts import Invited
from dialogs.staff_commands import ActOnRound, OpenRound
from domain.rounds import Bilingual, Round, RoundAct, Terms
from domain.staff import OPERATOR, Actor, Grant, Role, Scope, start_argument
from domain.store import Transaction
from tests.support.conversation import Person

HANGZHOU = "hangzhou-quality-award"
WUHU = "wuhu-incubation-pool"
ZHENGZHOU = "zhengzhou-incubation-base"

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)
OF_HANGZHOU = Grant(Role.CITY_OFFICER, Scope(HANGZHOU))
OF_ZHENGZHOU = Grant(Role.CITY_OFFICER, Scope(ZHENGZHOU))
OF_ZHONGYUAN = Grant(Role.COUNTY_OFFICER, Scope(ZHENGZHOU, "中原区"))
VIEWER = Grant(Role.VIEWER)

TERMS = Terms(
    name=Bilingual("2027年第一批", "First round of 2027"),
    opens=date(2027, 3, 1),
    closes_safe=date(2027, 4, 30),
    closes_outer=date(2027, 5, 14),
    quotas=Bilingual("不超过5家", "5 at most"),
    hand_in=Bilingual("区市场监管局", "the district bureau"),
    contact=Bilingual("质量发展处", "quality office"),
)


def invited(person: Person, grant: Grant, by: Actor = OPERATOR, hours: int = 48) -> Invited:
    """An invitation, made on the command line unless somebody else makes it."""
    return person.database.run(lambda tx: staff_acts.invite(tx, by, grant, person.clock.now(), hours))


def opens_link(person: Person, invitation: Invited) -> None:
    """Open the link of an invitation."""
    person.commands("start", start_argument(invitation.token))


def joins(person: Person, grant: Grant) -> int:
    """Take a role, by pressing; gives the number of it."""
    opens_link(person, invited(person, grant))
    person.presses("accept")

    def held(tx: Transaction) -> int:
        members = tx.staff.of_person(tx.chats.get(person.chat).person_id)
        return next(one.id for one in members if one.grant == grant)

    return person.database.run(held)


def another(person: Person, name: str, language: str = "zh_CN", channel: str = "terminal") -> Person:
    """Somebody else who talks to the same product."""
    return Person(person.database, person.clock, language, channel, name)


def a_round(
    person: Person, programme: str = HANGZHOU, district: str = "", terms: Terms = TERMS, *, told: bool = True
) -> Round:
    """A round, drafted on the command line and announced unless said otherwise."""

    def work(tx: Transaction) -> Round:
        now, today = person.clock.now(), person.clock.today()
        opened = OpenRound(programme, district, terms, "新一批")
        draft = staff_acts.act_on_round(tx, OPERATOR, opened, now, today)
        if not told:
            return draft
        announce = ActOnRound(draft.id, draft.revision, RoundAct.ANNOUNCE, "已印发")
        return staff_acts.act_on_round(tx, OPERATOR, announce, now, today)

    return person.database.run(work)


def kept_round(person: Person, number: int = 1) -> Round:
    """The round as it is kept."""
    found = person.database.run(lambda tx: tx.rounds.get(number))
    assert found is not None
    return found


def trail(person: Person) -> list[tuple[str, dict[str, int | str]]]:
    """What stands in the audit trail, oldest first."""
    entries = person.database.run(lambda tx: list(tx.audit.entries()))
    return [(entry.kind, dict(entry.subject_ids)) for entry in entries]
