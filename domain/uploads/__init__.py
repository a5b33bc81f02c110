"""Files people hand in: what they are by their content, and whether they can be kept."""

from domain.uploads.examining import examine
from domain.uploads.files import (
    ALL_KINDS,
    EXTENSIONS,
    MEDIA_TYPES,
    Arrived,
    Fault,
    FileKind,
    Received,
    Unusable,
    UploadLimits,
    clean_name,
    files_in,
)

__all__ = [
    "ALL_KINDS",
    "EXTENSIONS",
    "MEDIA_TYPES",
    "Arrived",
    "Fault",
    "FileKind",
    "Received",
    "Unusable",
    "UploadLimits",
    "clean_name",
    "examine",
    "files_in",
]
