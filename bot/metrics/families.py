"""The figures of a process as families of metrics: base units, and no label that could hold anything of a person.

Every label has a closed set of values, and each of them is there from the first scrape: an increase from nothing would not
be seen as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time
from typing import Final, get_args

from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from bot.figures import Figures
from domain.announcements import few
from domain.announcements.progress import FEW
from domain.calendar.working_days import WorkingCalendar
from domain.clock import SHANGHAI, Clock
from domain.durations import Durations
from domain.reminders.saying import Dropped
from domain.store import DiskFull, Locked, ReadOnly, Standing, Unavailable
from domain.store.tally import StoreTally
from scheduler.sending import Delivered, Gone, Moved, Receipt, Refused, TryAgain, Unsure, Wait
from scheduler.tally import Tally
from scheduler.ticks import Tick

OUTCOMES: Final[Mapping[type[Receipt], str]] = {
    Delivered: "delivered",
    Refused: "refused",
    Gone: "gone",
    Moved: "moved",
    Wait: "wait",
    TryAgain: "try_again",
    Unsure: "unsure",
}

DATABASE_ERRORS: Final = (DiskFull.code, Locked.code, ReadOnly.code, Unavailable.code)
"""Codes that are there from the beginning: those of a database that cannot do its work."""

REMINDER_EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "planned": ("planned", "Reminders planned, or planned again after all."),
    "withdrawn": ("withdrawn", "Reminders that no longer follow from what is known, before they were due."),
    "said": ("sent", "Reminders put on their way."),
    "late": ("late", "Of the reminders sent, those that came on a later day than they should have."),
    "put_off": ("put_off", "Reminders put off because of quiet hours or days off."),
    "failed": ("failed", "Attempts to make the message of a reminder that failed and are repeated."),
}
"""The counts of a tally, each with the name and the description of its metric."""


def _histogram(
    name: str, text: str, of: Mapping[str, Durations], label: str | None = None
) -> HistogramMetricFamily:
    family = HistogramMetricFamily(name, text, labels=None if label is None else [label])
    for value, durations in of.items():
        buckets = [("+Inf" if edge == float("inf") else repr(edge), n) for edge, n in durations.up_to()]
        family.add_metric([] if label is None else [value], buckets, durations.total)
    return family


def _counter(name: str, text: str, label: str, of: Mapping[str, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, number in of.items():
        family.add_metric([value], number)
    return family


def _gauge(name: str, text: str, label: str, of: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=[label])
    for value, number in of.items():
        family.add_metric([value], number)
    return family


def of_work(figures: Figures, reminders_set_aside: int) -> Iterator[Metric]:
    """What came in, how long turns took, and what came of sending."""
    yield _counter(
        "bot_updates_received",
        "Things people said, pressed or handed in, as they came; what a platform delivers again counts again.",
        "channel",
        {"telegram": figures.intake.received, "web": figures.web_received},
    )
    yield _histogram(
        "bot_update_handle_duration_seconds",
        "Time of one turn inside its transaction, without waiting for the commit.",
        {"": figures.turns.seconds},
    )
    yield CounterMetricFamily(
        "bot_update_handle_failures",
        "Turns that failed by a fault of ours; each attempt counts.",
        value=figures.turns.failed,
    )
    yield _counter(
        "bot_send_attempts",
        "Attempts to send a message, by what came of it.",
        "outcome",
        {name: figures.sends.outcomes[kind] for kind, name in OUTCOMES.items()},
    )
    yield _counter(
        "bot_dead_letters",
        "What was given up and set aside for an operator: updates, messages and reminders.",
        "queue",
        {
            "inbox": figures.intake.set_aside,
            "outbox": figures.sends.dead,
            "reminders": reminders_set_aside,
        },
    )
    yield _histogram(
        "bot_event_loop_lag_seconds",
        "By how much the event loop was late, looked at twice a second.",
        {"": figures.loop_lag},
    )


def of_reminders(tally: Tally) -> Iterator[Metric]:
    """What came of reminders."""
    # Planning counts while we read.
    counts = tally.counts.copy()
    for count, (name, text) in REMINDER_EVENTS.items():
        yield CounterMetricFamily(f"bot_reminders_{name}", text, value=counts[count])
    yield _counter(
        "bot_reminders_dropped",
        "Reminders that were due and not said any more, by the reason.",
        "reason",
        {reason: counts[f"dropped_{reason}"] for reason in get_args(Dropped)},
    )


def of_ticks(ticks: Mapping[str, Tick]) -> Iterator[Metric]:
    """How the chores of the clockwork fare."""
    done = CounterMetricFamily(
        "bot_ticks", "Times a chore ran, by what came of it.", labels=["chore", "outcome"]
    )
    for chore, tick in ticks.items():
        for outcome, number in (("done", tick.done), ("put_off", tick.put_off), ("failed", tick.failed)):
            done.add_metric([chore, outcome], number)
    yield done
    yield _counter(
        "bot_ticks_missed",
        "Times a chore should have begun and did not.",
        "chore",
        {chore: tick.missed for chore, tick in ticks.items()},
    )
    yield _gauge(
        "bot_tick_last_timestamp_seconds",
        "When a chore was done last (before the first time: since when it is expected to be), since 1970.",
        "chore",
        {chore: tick.last_done.timestamp() for chore, tick in ticks.items()},
    )
    yield _gauge(
        "bot_tick_last_duration_seconds",
        "How long a chore took when it was done last.",
        "chore",
        {chore: tick.last_seconds for chore, tick in ticks.items()},
    )
    yield _gauge(
        "bot_tick_interval_seconds",
        "How often a chore is to be done.",
        "chore",
        {chore: tick.every_seconds for chore, tick in ticks.items()},
    )


def of_database(tally: StoreTally, *, up: bool, look_seconds: float) -> Iterator[Metric]:
    """How the database fares, as this process sees it."""
    yield GaugeMetricFamily(
        "bot_database_up", "Whether the database answered the last look at it (1) or not (0).", value=up
    )
    yield GaugeMetricFamily(
        "bot_database_look_duration_seconds", "How long the last look at it took.", value=look_seconds
    )
    yield _histogram(
        "bot_db_tx_duration_seconds",
        "Time from handing a transaction in to its end; turns that share a commit may count as one.",
        {"write": tally.writing, "read": tally.reading},
        "kind",
    )
    yield _counter(
        "bot_db_errors",
        "Errors of the store that reached whoever asked, by their code.",
        "code",
        dict.fromkeys(DATABASE_ERRORS, 0) | dict(tally.errors),
    )


def of_standing(standing: Standing, now: datetime) -> Iterator[Metric]:
    """What waits in the database, and for how long. With several processes on one database each of them says the same."""

    def age(since: datetime | None) -> float:
        return 0.0 if since is None else max(0.0, (now - since).total_seconds())

    yield _gauge(
        "bot_inbox_rows",
        "Updates that wait to be handled (up to 1,000 are counted) or were set aside.",
        "state",
        {"waiting": standing.inbox.count, "set_aside": standing.set_aside},
    )
    yield GaugeMetricFamily(
        "bot_inbox_oldest_age_seconds", "How long the oldest update waits.", value=age(standing.inbox.since)
    )
    rows = GaugeMetricFamily(
        "bot_outbox_rows",
        "Messages on their way, by state and lane; up to 10,000 of each are counted. 1 to 4 announcements read 5.",
        labels=["state", "lane"],
    )
    for (lane, state), number in standing.outbox.items():
        # Most messages of this lane are of announcements: of a few people nobody learns here either how many they are.
        rows.add_metric([state, lane], FEW if lane == "broadcast" and few(number) else number)
    yield rows
    yield _gauge(
        "bot_outbox_oldest_due_age_seconds",
        "How long the oldest message waits that may go out, tried before or not.",
        "lane",
        {lane: age(since) for lane, since in standing.oldest.items()},
    )
    yield GaugeMetricFamily(
        "bot_reminders_due",
        "Reminders that are due and not said; up to 1,000 are counted.",
        value=standing.reminders.count,
    )
    yield GaugeMetricFamily(
        "bot_reminders_oldest_due_age_seconds",
        "How long the first of the reminders that are due waits.",
        value=age(standing.reminders.since),
    )
    yield GaugeMetricFamily(
        "bot_plans_due", "Chats to plan reminders for; up to 1,000 are counted.", value=standing.plans.count
    )
    yield GaugeMetricFamily(
        "bot_plans_oldest_due_age_seconds",
        "How long the first of the chats to plan for waits.",
        value=age(standing.plans.since),
    )
    yield GaugeMetricFamily(
        "bot_announcements_sending", "Announcements that are being sent.", value=standing.announcements
    )
    yield _gauge(
        "bot_announcement_recipients",
        "People an announcement that is being sent has yet to reach: their message is due, put off to later, or queued; "
        "up to 10,000 of each are counted. 1 to 4 read 5, as in every other place.",
        "state",
        {state: FEW if few(number) else number for state, number in standing.recipients.items()},
    )


def of_surroundings(
    build: Mapping[str, str], calendar: WorkingCalendar | None, clock: Clock, silence: float | None, mode: str
) -> Iterator[Metric]:
    """What runs here, when its holiday lists end, and since when Telegram was not heard (None: it is not served)."""
    info = GaugeMetricFamily("bot_build_info", "What runs here; always 1.", labels=list(build))
    info.add_metric(list(build.values()), 1)
    yield info
    if calendar is not None:
        yield GaugeMetricFamily(
            "bot_holiday_lists_end_timestamp_seconds",
            "The first moment of the first year, from this one on, without an official list of holidays, since 1970.",
            value=_first_of_unlisted_year(calendar.known_years, clock.today().year).timestamp(),
        )
    if silence is not None:
        yield _gauge(
            "bot_telegram_silence_seconds",
            "How long Telegram has not been heard: since the last successful poll, or call of the webhook.",
            "mode",
            {mode: silence},
        )


def _first_of_unlisted_year(known: Iterable[int], this: int) -> datetime:
    years = set(known)
    year = this
    while year in years:
        year += 1
    return datetime.combine(datetime(year, 1, 1, tzinfo=SHANGHAI).date(), time(), tzinfo=SHANGHAI)
