"""The self-check: of one programme, or of all at once with shared questions asked once.

Which question comes next is the domain's business (`domain.eligibility.questions`); this dialog asks it and shows what
follows. An answer stays a fact about the organisation whatever is asked later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from dialogs.check_results import detail_states, reminding, result_state
from dialogs.commands import Command, KeepReceipts, RecordFacts, Start, Statement
from dialogs.engine.choosing import ChooseOne, Option
from dialogs.engine.dialog import Commands, Dialog, Family, Goes, Here, State
from dialogs.engine.screen import Block, Items, Paragraph, Progress, Span, plain
from dialogs.evaluating import FACT, evaluations, facts_read, is_over, receipt_of, stated
from dialogs.fact_echo import echo_fact, reading_criteria
from dialogs.fact_questions import question_for, why_asked
from dialogs.given_answers import given_state
from dialogs.remind_me import asked
from dialogs.reminders import SETTINGS_FIRST
from dialogs.statuses import in_order, status_item, status_notice
from dialogs.world import World
from domain.eligibility.questions import Mode, remaining
from domain.facts.vocabulary import Fact
from domain.programme.model import Programme

NAME = "check"


def self_check(world: World) -> Dialog:
    """The self-check of the programmes in the subject."""
    programmes = _chosen(world)
    single = len(programmes) == 1
    asked = programmes if single else tuple(one for one in programmes if not is_over(world, one))
    check = _Check(world, programmes, asked)
    details = detail_states(world, programmes)
    return Dialog(
        name=NAME,
        version=1,
        title=world.words.say("Self-check"),
        start="mode",
        states=(check.mode(),),
        later={
            "result": lambda: result_state(world, programmes, len(check.open_facts(Mode.ALL_MY_GAPS))),
            "given": lambda: given_state(world, facts_read(world, programmes)),
            **details,
        },
        outcomes=_outcomes(world, programmes),
        family=Family(FACT, tuple(FACT + fact for fact in world.vocabulary), check.asking),
        on_arrival={
            "result": check.keep,
            **{reminding(programmes, one): partial(_ask_for, world, one) for one in programmes},
        },
        on_leave=_record,
        parks=True,
        progress=check.progress,
    )


def _chosen(world: World) -> tuple[Programme, ...]:
    ids = world.subject.get("programmes")
    chosen = [world.programme(one) for one in ids] if isinstance(ids, list) else []
    return tuple(programme for programme in chosen if programme is not None) or world.programmes


def _outcomes(world: World, programmes: tuple[Programme, ...]) -> Mapping[str, Callable[[Here], Commands]]:
    everything = Start(NAME, {"programmes": [one.id for one in world.programmes]}, carry=FACT)
    outcomes: dict[str, Callable[[Here], Commands]] = {
        "others": lambda _here: (everything,),
        "settings": lambda _here: (Start("reminders", SETTINGS_FIRST),),
        "information": lambda here: (Start("programme", {"programme": _looked_at(programmes, here)}),),
    }
    if len(programmes) > 1:
        outcomes["closer"] = lambda here: (
            Start(NAME, {"programmes": [_looked_at(programmes, here)]}, carry=FACT),
        )
    return outcomes


def _ask_for(world: World, programme: Programme, _here: Here) -> tuple[Command, ...]:
    return asked(world, programme)


def _looked_at(programmes: tuple[Programme, ...], here: Here) -> str:
    """The programme whose result is looked at."""
    chosen = here.value("result")
    return next((one.id for one in programmes if one.id == chosen), programmes[0].id)


def _record(here: Here) -> tuple[Command, ...]:
    """Everything answered about the organisation; whoever carries it out heeds consent."""
    statements = {
        name.removeprefix(FACT): Statement(answer.value, answer.at)
        for name, answer in here.given.items()
        if name.startswith(FACT)
    }
    return (RecordFacts(statements),) if statements else ()


@dataclass(frozen=True, slots=True)
class _Check:
    """One self-check, as it stands when its dialog is built."""

    world: World
    programmes: tuple[Programme, ...]
    asked: tuple[Programme, ...]
    """The programmes questions are asked for: those that are over are shown but not asked for."""
    found: dict[object, tuple[str, ...]] = field(default_factory=dict)
    """What was worked out already: the same questions are looked for several times in a turn."""

    def open_facts(self, mode: Mode, here: Here | None = None) -> tuple[str, ...]:
        """The facts still to be asked, the next one first; by all answers, or by those on the way to a state."""
        world = self.world
        given = world.answers.given() if here is None else here.given
        answered = {
            name.removeprefix(FACT): answer.at for name, answer in given.items() if name.startswith(FACT)
        }
        key = (mode, tuple(answered.items()), world.answers.opened() if here is None else here.opened)
        if key not in self.found:
            found = remaining(evaluations(world, self.asked, here), world.vocabulary, mode)
            # A fact that was answered here only in part (a year left out) is not asked twice.
            self.found[key] = tuple(fact for fact in found if fact not in answered)
        return self.found[key]

    def mode(self) -> State:
        """How far to go; the standing of the programme is said before the first question."""
        if "mode" in self.world.answers.given() and self.world.answers.editing() != "mode":
            return self._mode("", "")
        count = self.world.words.count
        quick = count(
            "Quick verdict (%(n)s question at most)",
            "Quick verdict (%(n)s questions at most)",
            len(self.open_facts(Mode.QUICK_VERDICT)),
        )
        gaps = count(
            "All our gaps (%(n)s question at most)",
            "All our gaps (%(n)s questions at most)",
            len(self.open_facts(Mode.ALL_MY_GAPS)),
        )
        return self._mode(quick, gaps)

    def _mode(self, quick: str, gaps: str) -> State:
        """The state, with what is written on its buttons; once it is answered nobody reads them."""
        options = (
            Option(Mode.QUICK_VERDICT.value, quick, "quick", ("快速判断", "快速", "quick")),
            Option(Mode.ALL_MY_GAPS.value, gaps, "gaps", ("看全部差距", "全部", "gaps", "all")),
        )
        return State(
            "mode",
            self.world.words.say("How far shall we go?"),
            ChooseOne(self.world.words, options),
            Goes((f"{FACT}*", "result"), self.next),
            blocks=lambda _here: self._introduction(),
            silent=True,
        )

    def _introduction(self) -> tuple[Block, ...]:
        world, say = self.world, self.world.words.say
        blocks: list[Block] = []
        if len(self.programmes) == 1:
            name = Span(text=world.name_of(self.programmes[0]), strong=True)
            blocks += [Paragraph(spans=(name,)), status_notice(world, self.programmes[0])]
        else:
            listed = [one for one in in_order(world) if one in self.programmes]
            blocks.append(Items(items=tuple(status_item(world, one) for one in listed)))
            blocks.append(
                Paragraph(spans=plain(say("Questions that several programmes share are asked once.")))
            )
        known = len(stated(world).keys() & set(facts_read(world, self.programmes)))
        if known:
            text = world.words.count(
                "%(n)s answer is known already and is not asked again.",
                "%(n)s answers are known already and are not asked again.",
                known,
            )
            blocks.append(Paragraph(spans=plain(text)))
        if not world.consented:
            text = say("Your answers serve this conversation only; nothing personal is stored.")
            blocks.append(Paragraph(spans=plain(text)))
        return tuple(blocks)

    def next(self, here: Here) -> str:
        """The next question: first those answered already, in the order they were asked, then the one that
        settles most."""
        answered = next((name for name in here.waiting if name.startswith(FACT)), None)
        if answered is not None:
            return answered
        left = self.open_facts(Mode(str(here.value("mode"))), here)
        return FACT + left[0] if left else "result"

    def asking(self, name: str) -> State | None:
        """The state that asks for one fact."""
        world, fact = self.world, self.world.vocabulary.get(name.removeprefix(FACT))
        if fact is None:
            return None
        question = question_for(world, fact)
        return State(
            name,
            world.fact_text(fact.question),
            question,
            Goes((f"{FACT}*", "result"), self.next),
            why=lambda _here: (*why_asked(world, fact), *self._needed_by(fact)),
            echo=lambda value: echo_fact(world, self.programmes, fact, question, value),
            short=world.fact_text(fact.short),
        )

    def _needed_by(self, fact: Fact) -> tuple[Block, ...]:
        world, say = self.world, self.world.words.say
        needed = []
        for programme in self.asked:
            clauses = dict.fromkeys(
                world.clause(programme, criterion.clause)
                for criterion in reading_criteria(programme, fact.id)
            )
            if clauses:
                cited = say(
                    "%(programme)s %(clauses)s",
                    programme=world.name_of(programme),
                    clauses=say(", ").join(clauses),
                )
                needed.append(cited)
        if not needed:
            return ()
        title = Span(text=say("Asked for: "), strong=True)
        return (Paragraph(spans=(title, *plain(say("; ").join(needed)))),)

    def progress(self, here: Here) -> Progress | None:
        """Which question this is, of about how many."""
        mode = here.value("mode")
        left = len(self.open_facts(Mode(str(mode)), here)) if mode is not None else 0
        if left == 0:
            return None
        asked = sum(1 for name in here.given if name.startswith(FACT))
        return Progress(step=asked + 1, about=asked + left)

    def keep(self, here: Here) -> tuple[Command, ...]:
        """A finished self-check leaves receipts, and what was answered is known from now on."""
        found = evaluations(self.world, self.asked)
        return (
            *_record(here),
            KeepReceipts(tuple(receipt_of(self.world, evaluation) for evaluation in found)),
        )
