"""Announcements: what staff let people know, who hears of it, and what is done with one."""

from domain.announcements.acts import (
    LEADS_FROM,
    LONGEST_TEXT,
    LONGEST_TITLE,
    AnnouncementProblem,
    AnnouncementRefused,
    Draft,
    correct,
    do,
    draft,
)
from domain.announcements.audience import Candidate, belongs, overlaps
from domain.announcements.model import (
    Announcement,
    AnnouncementAct,
    AnnouncementState,
    Audience,
    Texts,
)
from domain.announcements.progress import FEW, Progress, RecipientState, few, hides_nobody

__all__ = [
    "FEW",
    "LEADS_FROM",
    "LONGEST_TEXT",
    "LONGEST_TITLE",
    "Announcement",
    "AnnouncementAct",
    "AnnouncementProblem",
    "AnnouncementRefused",
    "AnnouncementState",
    "Audience",
    "Candidate",
    "Draft",
    "Progress",
    "RecipientState",
    "Texts",
    "belongs",
    "correct",
    "do",
    "draft",
    "few",
    "hides_nobody",
    "overlaps",
]
