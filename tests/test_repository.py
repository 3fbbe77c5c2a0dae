"""What holds for the repository as a whole."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LARGEST_FILE_BYTES = 1024 * 1024

# Addresses that name a thing (a namespace, a licence, a standard) or stand where a person may follow them.
NAMED_NOT_FETCHED = re.compile(
    r"https?://(?:www\.w3\.org|www\.opengis\.net|localhost|127\.0\.0\.1|outside\.invalid|192\.0\.2\.1|\[2001:db8::1\])"
)
# The one table of public maps; nothing is asked of them before a person chooses one.
PUBLIC_MAPS = Path("layers/basemaps.py")
ADDRESS = re.compile(r"(?:https?:)?//(?=[a-z0-9-]+\.[a-z])[^\s\"'`)>\\]+", re.IGNORECASE)


def tracked_files() -> list[Path]:
    """The files git knows, and new ones it does not ignore."""
    # A checkout may belong to another user than the one who tests it.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """The repository's files; skipped where there is no git (a source archive)."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    return tracked_files()


def test_no_file_is_larger_than_one_mebibyte(files: list[Path]) -> None:
    assert [str(path.relative_to(ROOT)) for path in files if path.stat().st_size > LARGEST_FILE_BYTES] == []


def test_nothing_that_is_made_is_tracked(files: list[Path]) -> None:
    made = {"node_modules", "dist", "data", ".venv", "__pycache__", "artifacts"}
    tracked = [path.relative_to(ROOT) for path in files]
    assert [str(path) for path in tracked if made & set(path.parts[:-1]) and path.parts[0] != "tests"] == []


def test_the_code_that_reaches_the_browser_names_no_outside_host(files: list[Path]) -> None:
    reaching = [
        path
        for path in files
        if path.relative_to(ROOT).parts[0] in {"layers", "pages", "app.py", ".streamlit"}
        and path.suffix in {".js", ".mjs", ".css", ".html", ".svg", ".py", ".toml"}
        and path.relative_to(ROOT) != PUBLIC_MAPS
    ]
    named = {
        f"{path.relative_to(ROOT)}: {address.group()}"
        for path in reaching
        for address in ADDRESS.finditer(NAMED_NOT_FETCHED.sub("", path.read_text(encoding="utf-8")))
        if "://" in address.group()
    }
    assert named == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"])
def test_pinned_requirements_have_hashes_and_no_addresses(name: str) -> None:
    lock = (ROOT / name).read_text()
    assert "://" not in lock
    assert "--index-url" not in lock
    assert "--find-links" not in lock
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    assert [entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_the_development_lock_agrees_with_the_runtime_lock() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    runtime, development = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: version for name, version in runtime.items() if development.get(name) != version} == {}


def test_the_front_end_lock_has_checksums_and_no_addresses() -> None:
    lock = json.loads((ROOT / "layers" / "web" / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_every_direct_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    direct = [
        *project["project"]["dependencies"],
        *(d for group in project["dependency-groups"].values() for d in group),
    ]
    package = json.loads((ROOT / "layers" / "web" / "package.json").read_text())
    names = [re.split(r"[^A-Za-z0-9._-]", dependency)[0] for dependency in direct]
    names += [*package.get("dependencies", {}), *package.get("devDependencies", {})]
    explained = (ROOT / "docs" / "dependencies.md").read_text()
    assert [name for name in names if f"`{name}`" not in explained] == []


def test_links_between_documents_lead_somewhere(files: list[Path]) -> None:
    broken = []
    for path in files:
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} → {target}")
    assert broken == []


def test_shell_scripts_are_executable_and_parse(files: list[Path]) -> None:
    scripts = [path for path in files if path.parent.name == "setup" or path == ROOT / ".ci" / "run"]
    assert scripts
    for script in scripts:
        assert script.stat().st_mode & 0o100, f"{script.name} is not executable"
        interpreter = script.read_text().splitlines()[0].rpartition("/")[2].split()[-1]
        subprocess.run([interpreter, "-n", script], check=True)
