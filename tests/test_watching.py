"""The dashboard and the alerts speak of metrics there are, in expressions Prometheus can read, and the manual of each alert."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from bot.assembly import clockwork, open_house
from bot.command_line import GROUPS
from bot.settings import Settings
from domain.clock import FixedClock
from tests.support.metrics import Scrape, scraped

ROOT = Path(__file__).parent.parent
DASHBOARD: dict[str, Any] = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text(encoding="utf-8"))
ALERTS: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus-alerts.yaml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]

OF_PROMETHEUS = {"up": {"job", "instance"}}
"""What Prometheus itself adds."""

ADDED = {"job", "instance"}
"""Labels Prometheus adds to everything."""


def of_grafana(expression: str) -> str:
    """An expression with Grafana's own variables filled in."""
    filled = expression.replace("$__rate_interval", "5m").replace("$job", ".+").replace("$instance", ".+")
    assert "$" not in filled, expression
    return filled


EXPRESSIONS = {
    **{
        f"{panel['title']} {target['refId']}": of_grafana(target["expr"])
        for panel in PANELS
        for target in panel["targets"]
    },
    **{rule["alert"]: rule["expr"] for rule in RULES},
}


def selectors(expression: Any) -> Iterator[Any]:
    """The metrics an expression selects."""
    match expression:
        case promql_parser.VectorSelector():
            yield expression
        case promql_parser.MatrixSelector():
            yield expression.vector_selector
        case promql_parser.BinaryExpr():
            yield from selectors(expression.lhs)
            yield from selectors(expression.rhs)
        case promql_parser.Call():
            for argument in expression.args:
                yield from selectors(argument)
        case promql_parser.AggregateExpr() | promql_parser.ParenExpr() | promql_parser.UnaryExpr():
            yield from selectors(expression.expr)
        case promql_parser.SubqueryExpr():
            yield from selectors(expression.expr)
        case _:
            return


@pytest.fixture
async def scrape(tmp_path: Path) -> Scrape:
    """A scrape of a product with all its parts."""
    settings, clock = Settings(data_dir=tmp_path, _env_file=None), FixedClock(date(2026, 11, 20))
    async with open_house(settings, clock) as house, scraped(house) as scraper:
        house.pulse.see("telegram")
        clockwork(house)
        return await scraper.scrape()


async def test_every_expression_can_be_read_and_speaks_of_what_is_scraped(scrape: Scrape) -> None:
    for name, text in EXPRESSIONS.items():
        found = list(selectors(promql_parser.parse(text)))
        assert found, name
        for selector in found:
            labels = OF_PROMETHEUS.get(selector.name)
            assert labels is not None or scrape.has(selector.name), f"{name}: there is no {selector.name}"
            for matcher in selector.matchers.matchers:
                if matcher.name in ADDED:
                    continue
                values = {
                    one.labels[matcher.name]
                    for one in scrape.samples
                    if one.name == selector.name and matcher.name in one.labels
                }
                assert values, f"{name}: {selector.name} has no label {matcher.name}"
                wanted = set(matcher.value.split("|"))
                assert wanted <= values, f"{name}: {matcher.name} is never {wanted - values}"


async def test_labels_that_are_grouped_by_are_those_of_the_metric(scrape: Scrape) -> None:
    labels = {label for one in scrape.samples for label in one.labels} | ADDED
    for name, text in EXPRESSIONS.items():
        for grouped in re.findall(r"\b(?:by|on) \(([^)]*)\)", text):
            assert {one.strip() for one in grouped.split(",")} <= labels, name


async def test_counters_are_only_looked_at_as_they_grow(scrape: Scrape) -> None:
    for name, text in EXPRESSIONS.items():
        for metric in re.findall(r"\b(?:bot|process)_\w+(?:_total|_bucket|_count|_sum)\b(?!\w)", text):
            growing = re.search(rf"(?:rate|increase)\({metric}(?:\{{[^}}]*\}})?\[", text)
            assert growing, f"{name}: {metric}"
        for metric in re.findall(r"(?:rate|increase)\((\w+)", text):
            assert metric.endswith(("_total", "_bucket", "_count", "_sum")), f"{name}: {metric} is no counter"
        for metric in re.findall(r"histogram_quantile\([^)]*?rate\((\w+)", text):
            assert metric.endswith("_bucket"), name
            assert scrape.types[metric.removesuffix("_bucket")] == "histogram", name


async def test_everything_that_is_scraped_is_on_the_dashboard(scrape: Scrape) -> None:
    shown = " ".join(EXPRESSIONS.values())
    families = {name for name in scrape.types if name != "process_virtual_memory_bytes"}
    assert {name for name in families if name not in shown} == set()


async def test_what_the_database_says_is_never_summed_over_processes(scrape: Scrape) -> None:
    """Several processes on one database all say the same."""
    of_database = {
        "bot_inbox_rows", "bot_inbox_oldest_age_seconds", "bot_outbox_rows", "bot_outbox_oldest_due_age_seconds",
        "bot_reminders_due", "bot_reminders_oldest_due_age_seconds", "bot_plans_due",
        "bot_plans_oldest_due_age_seconds", "bot_announcements_sending", "bot_announcement_recipients",
    }  # fmt: skip
    assert of_database <= scrape.names
    for name, text in EXPRESSIONS.items():
        for metric in of_database & set(re.findall(r"\w+", text)):
            assert re.search(rf"\bmax(?: by \([^)]*\))? ?\({metric}", text), f"{name}: {metric}"


def test_every_panel_has_a_place_of_its_own() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        assert set(place) == {"h", "w", "x", "y"}
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24
        assert place["h"] > 0
        assert place["y"] >= 0
    for one, other in combinations(panels, 2):
        a, b = one["gridPos"], other["gridPos"]
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert apart or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"], (one["title"], other["title"])


def test_the_dashboard_can_be_imported_anywhere() -> None:
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time", "refresh"} <= set(DASHBOARD)
    assert "id" not in DASHBOARD, "whoever imports it numbers it"
    assert DASHBOARD["schemaVersion"] >= 36
    assert "__inputs" not in DASHBOARD
    variables = {one["name"]: one for one in DASHBOARD["templating"]["list"]}
    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    source = {"type": "prometheus", "uid": "${datasource}"}
    assert variables["job"]["datasource"] == variables["instance"]["datasource"] == source
    for panel in PANELS:
        assert panel["type"] in {"timeseries", "stat"}
        assert panel["datasource"] == source
        assert panel["title"]
        assert panel["targets"]
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        for target in panel["targets"]:
            assert target["datasource"] == source
            assert 'job=~"$job",instance=~"$instance"' in target["expr"], panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"]


def test_titles_are_english_and_chinese() -> None:
    for panel in DASHBOARD["panels"]:
        english, _, chinese = panel["title"].partition(" · ")
        assert english.isascii(), panel["title"]
        assert chinese, panel["title"]
    for rule in RULES:
        english, _, chinese = rule["annotations"]["summary"].partition(" · ")
        assert english.isascii()
        assert re.search("[一-鿿]", chinese)


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_every_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Zhuoyue[A-Z]\w+", rule["alert"])
    assert rule["labels"]["severity"] in {"page", "warn"}
    assert set(rule["labels"]) == {"severity"}
    # What counts over a span of time by itself has waited already.
    if "for" in rule:
        assert re.fullmatch(r"[1-9]\d*[mh]", rule["for"])
    else:
        assert re.search(r"increase\(.*\[\d+[mh]\]", rule["expr"])
    assert set(rule["annotations"]) == {"summary", "action", "docs"}
    page, _, anchor = rule["annotations"]["docs"].partition("#")
    assert anchor == rule["alert"].lower()
    assert f"\n#### {rule['alert']}\n" in (ROOT / page).read_text(encoding="utf-8")


def test_the_manual_speaks_of_alerts_there_are_and_of_each_once() -> None:
    manual = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    named = re.findall(r"^#### (Zhuoyue\w+)$", manual, re.MULTILINE)
    assert sorted(named) == sorted(rule["alert"] for rule in RULES)


@pytest.mark.parametrize("path", ["deploy/prometheus-alerts.yaml", "docs/operating.md"])
def test_the_words_of_commands_named_for_operators_exist(path: str) -> None:
    known = {name for names in GROUPS.values() for name in names}
    text = (ROOT / path).read_text(encoding="utf-8")
    assert set(re.findall(r"\bzhuoyue ([a-z]+) [a-z]+;", text)) <= known


def test_who_must_be_woken_is_woken() -> None:
    pages = {rule["alert"] for rule in RULES if rule["labels"]["severity"] == "page"}
    assert {
        "ZhuoyueDown",
        "ZhuoyueDatabaseDown",
        "ZhuoyueRepliesWait",
        "ZhuoyueDeadLetters",
        "ZhuoyueTicksMissed",
        "ZhuoyueRemindersWait",
        "ZhuoyueEventLoopLags",
    } <= pages
