"""Answering a self-check in a conversation, question by question."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.conversation import Person

Told = str | tuple[str, ...]
"""What is typed in answer to a question; a text that begins with ``[`` presses the button with that label or key."""

ZHENGZHOU: Mapping[str, Told] = {
    "registered_city": "郑州市",
    "legal_form": "企业法人",
    "excellence_model_since": "2024年5月20日",
    "excellence_model_uninterrupted": "是的",
    "niche_leading": "是",
    "sales_revenue_rank": "3、3、3",
    "market_share_rank": "2023年第3，2024年第3，2025年第3",
    "profit_rank": ("3", "3", "3"),
    "invention_patent_rank": "3 3 3",
    "first_pass_yield_rank": "第3名、第3名、第3名",
    "gap_filling_technology": "没有",
    "financial_trend_good": "是",
    "net_profit": "2023年 0，2024年 1元，2025年 500万",
    "government_quality_award_level": "[county",
    "government_quality_award_kind": "[organisation",
    "government_quality_award_ended": "没有",
    "base_management_systems": "全部",
    "innovation_or_manufacturing": "1",
    "results_or_contribution": ("[operating_results", "[@done"),
    "county_bureau_recommends": "是",
    "iso_9001_certificate": "2028年3月1日",
    "iso_14001_certificate": ("有", "2028年3月1日"),
    "iso_45001_certificate": ("[yes", "2028-03-01"),
    "sector_certification_exists": "没有",
    "sector_certificate": "没有",
    "committed_incubatees": "十家",
    "operating_since": "2022年1月",
    "base_functions": "全部",
}
"""A firm at the limit of every threshold of the Zhengzhou base."""


def answers_everything(person: Person, told: Mapping[str, Told], *, most: int = 120) -> None:
    """Answer until the result is there; what is not told is answered "not sure"."""
    for _ in range(most):
        state = person.now_sees.state
        if not state.startswith("f:"):
            return
        answer = told.get(state.removeprefix("f:"), "[@unsure")
        for step in (answer,) if isinstance(answer, str) else answer:
            if step.startswith("["):
                person.presses(step[1:])
            else:
                person.says(step)
        assert person.now_sees.state != state, f"{state} is still asked after {answer}:\n{person.text}"
    raise AssertionError(f"more than {most} questions")


def checks(person: Person, programme: str, mode: str = "gaps") -> None:
    """Begin a self-check of a programme without leaving any details."""
    person.commands("start", programme)
    person.presses("check")
    if person.now_sees.dialog == "organisation":
        person.presses("no")
    person.presses(mode)
