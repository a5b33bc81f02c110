"""On what kind of file system something lies, as far as the system tells (Linux)."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import Final

MOUNTS: Final = Path("/proc/self/mountinfo")

NETWORK: Final = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.s3fs", "fuse.sshfs", "glusterfs", "gpfs", "lustre", "ncpfs",
        "nfs", "nfs4", "smb3", "smbfs",
    }
)  # fmt: skip
"""Kinds on which SQLite's write-ahead log is not safe: its memory is not shared between computers, and locks may lie."""

_OCTAL: Final = re.compile(r"\\([0-7]{3})")


def kind_of(path: PurePath, mounts: str) -> str | None:
    """The kind of file system of an absolute path, by the text of ``/proc/self/mountinfo``; None when that does not tell."""
    nearest: tuple[int, str] | None = None
    for line in mounts.splitlines():
        before, separator, after = line.partition(" - ")
        fields = before.split(" ")
        if not separator or len(fields) < 5:
            continue
        place = PurePath(_OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[4]))
        # Of two mounts at one place the later one lies on top.
        if path.is_relative_to(place) and (nearest is None or len(place.parts) >= nearest[0]):
            nearest = (len(place.parts), after.split(" ", 1)[0])
    return nearest[1] if nearest else None
