"""What a claim costs depends on what is due, never on what is stored."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from domain.store.repositories import (
    deliveries,
    delivery_claims,
    lines,
    taking_back,
    update_arrivals,
    update_rows,
    updates,
)
from domain.store.statements import Statement
from tests.support.database import open_database

THROUGH_AN_INDEX = [
    (delivery_claims._DUE, "USING INDEX ix_deliveries_open (channel=? AND lane=? AND state=? AND due_at<?)"),
    (delivery_claims._NEXT_DUE, "ix_deliveries_open (channel=? AND lane=? AND state=? AND due_at>?)"),
    (delivery_claims._EXPIRED, "ix_deliveries_lease (lease_until<?)"),
    (delivery_claims._CONTENT, "ix_outbox_chat_id_id (chat_id=?)"),
    (delivery_claims._STANDING, "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)"),
    (delivery_claims._TAKE_KNOWN, "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)"),
    (deliveries._ARRIVED_TOGETHER, "SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)"),
    (lines._SOMEBODY_BEHIND, "ix_deliveries_open (channel=? AND lane=? AND state=? AND due_at=?)"),
    (lines._QUEUE_AT_ONCE, "ix_deliveries_line (chat_id=? AND lane=? AND planned=?)"),
    (lines._MOVE_UP, "ix_deliveries_line (chat_id=? AND lane=? AND planned=?)"),
    (taking_back._OVERDUE, "USING INDEX ix_deliveries_not_after (not_after>? AND not_after<?)"),
    (taking_back._DOUBT_ALL, "ix_deliveries_not_after"),
    (taking_back._DOUBT_CHAT, "USING INDEX ix_deliveries_line (chat_id=? AND lane=?)"),
    (
        taking_back._DROPPED_ON_ITS_WAY,
        "SEARCH planned_reminders USING INDEX sqlite_autoindex_planned_reminders_1",
    ),
    (update_arrivals._STORE, "ix_updates_line (channel=? AND order_key=?)"),
    (updates._CLAIM, "ix_updates_due (channel=? AND due_at<?)"),
    (update_arrivals._NEWEST_NEAR, "(channel=? AND update_id>? AND update_id<?)"),
    (update_arrivals._SAID_LATER, "ix_updates_line (channel=? AND order_key=?)"),
    (update_rows.MOVE_UP, "ix_updates_line (channel=? AND order_key=?)"),
]


@pytest.mark.parametrize(("statement", "index"), THROUGH_AN_INDEX)
async def test_the_queues_are_never_walked_through(tmp_path: Path, statement: Statement, index: str) -> None:
    async with await open_database(tmp_path):
        pass
    text, parameters = statement.sqlite
    with closing(sqlite3.connect(tmp_path / "zhuoyue.sqlite3")) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", [1] * len(parameters))]
    assert any(index in step for step in plan), plan
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan), plan
