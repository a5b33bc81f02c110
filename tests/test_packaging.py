"""What is installed is what was written: code, programmes, catalogues and pages."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "domain", "dialogs", "locales", "scheduler")
LOCKS = ("requirements.lock", "requirements-dev.lock")


def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    written = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert written - packed == set()
    assert {name.partition("/")[0] for name in packed if ".dist-info/" not in name} == set(PACKAGES)


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_locked_has_a_hash_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pinned = re.findall(r"^[A-Za-z0-9][^ ]*==", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"== ?[^ ]+ \\\n    --hash=sha256:", text))
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_both_locks_agree() -> None:
    run, develop = (
        dict(
            re.findall(
                r"^([A-Za-z0-9][\w.-]*)==(\S+) \\$", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE
            )
        )
        for lock in LOCKS
    )
    shared = set(run) & set(develop)
    assert {name: run[name] for name in shared} == {name: develop[name] for name in shared}
    assert len(shared) >= 20


def test_continuous_integration_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").strip().endswith("exec make test")
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_rule_that_rules_know_no_store_covers_every_module_of_the_domain() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (rule,) = (contract for contract in contracts if contract["name"] == "Rules know no store")
    modules = {
        f"domain.{path.stem}"
        for path in (ROOT / "domain").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    assert set(rule["source_modules"]) == modules - {"domain.__init__", "domain.store"}
