"""Which catalogue file belongs to which sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from locales.languages import Language
from locales.sources import PACKAGES, Use, interface_uses, policy_files, policy_uses, programme_versions


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One catalogue file and the places its texts come from."""

    name: str
    path: Path
    language: Language
    uses: tuple[Use, ...]

    @property
    def policy(self) -> bool:
        """Whether the texts come from a policy (Chinese to English) and not from the interface."""
        return self.language == "en"


def of_project(root: Path) -> Iterator[Catalogue]:
    """Every catalogue of the project at ``root`` that has texts, or a file left over from texts it had."""
    locales = root / "locales"
    for package in PACKAGES:
        path = locales / "zh_CN" / f"{package}.po"
        uses = interface_uses(root, package)
        if uses or path.exists():
            yield Catalogue(package, path, "zh_CN", uses)
    policies = policy_files(root)
    left = {path.stem for path in (locales / "en" / "policy").glob("*.po")}
    for name in sorted(left | set(policies)):
        path = locales / "en" / "policy" / f"{name}.po"
        yield Catalogue(f"policy/{name}", path, "en", policy_uses(policies.get(name, ()), root))


def of_folder(folder: Path) -> Catalogue:
    """The catalogue beside the files of an operator's own programme."""
    return Catalogue(folder.name, folder / "en.po", "en", policy_uses(programme_versions(folder), folder))


def of_own_facts(folder: Path) -> Catalogue:
    """The catalogue of all facts an operator's folder adds."""
    files = sorted(folder.rglob("facts.yaml"))
    return Catalogue("facts", folder / "facts.en.po", "en", policy_uses(files, folder))
