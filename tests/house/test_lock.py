"""The lock: every dependency pinned by hash, and not one address in it."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
ADDRESS = re.compile(
    r"://|@ |--(?:index|extra-index|find-links|trusted)"
    r"|\b[\w-]+\.(?:org|com|net|io|dev|example)\b|(?:^|\s)(?:\.{0,2}|~)/\w"
)
PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*\\?$")


def locks() -> list[Path]:
    """Return every lock file that git carries; without git, those of the root that are not ignored by name."""
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        listed = subprocess.run(
            [git, "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.lock", "*lock.json", "*lock.yaml"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        return [ROOT / name for name in listed if (ROOT / name).is_file()]
    return [path for path in ROOT.glob("*.lock") if path.name != "uv.lock"]


def addresses(text: str) -> list[str]:
    return [line for line in text.splitlines() if ADDRESS.search(line)]


def pins(text: str) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for line in text.splitlines():
        if match := PIN.match(line):
            found.setdefault(canonicalize_name(match["name"]), []).append(Version(match["version"]))
    return found


def asked_for() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["dependency-groups"].values(),
    ]
    return [Requirement(text) for part in lists for text in part]


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        "--find-links ./wheels",
        "numpy @ file:///tmp/numpy.whl",
        "numpy==2.0 # from packages.example.org",
        "-e ../other",
    ],
)
def test_an_address_in_a_lock_would_be_found(line: str) -> None:
    assert addresses(line)


def test_no_committed_lock_names_a_host_or_a_place() -> None:
    assert LOCK in locks()
    named = [f"{path.name}: {line}" for path in locks() for line in addresses(path.read_text("utf-8"))]
    assert not named


def test_every_pin_has_a_hash() -> None:
    entries = re.split(r"\n(?=\S)", LOCK.read_text("utf-8").strip())
    assert len(entries) > len(asked_for())
    bare = [
        entry.splitlines()[0]
        for entry in entries
        if not PIN.match(entry.splitlines()[0]) or "--hash=sha256:" not in entry
    ]
    assert not bare


@pytest.mark.parametrize("requirement", asked_for(), ids=lambda requirement: requirement.name)
def test_every_dependency_is_in_the_lock_at_a_version_that_is_asked_for(requirement: Requirement) -> None:
    pinned = pins(LOCK.read_text("utf-8")).get(canonicalize_name(requirement.name), [])
    assert pinned, f"'{requirement.name}' is not in requirements.lock: run 'make lock'"
    assert all(version in requirement.specifier for version in pinned)
