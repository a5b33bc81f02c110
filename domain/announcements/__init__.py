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
    edit,
)
from domain.announcements.audience import LOOKED_AT, Candidate, Looked, belongs, overlaps
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
    "LOOKED_AT",
    "Announcement",
    "AnnouncementAct",
    "AnnouncementProblem",
    "AnnouncementRefused",
    "AnnouncementState",
    "Audience",
    "Candidate",
    "Draft",
    "Looked",
    "Progress",
    "RecipientState",
    "Texts",
    "belongs",
    "correct",
    "do",
    "draft",
    "edit",
    "few",
    "hides_nobody",
    "overlaps",
]
