"""lock: pins the newest versions of all dependencies, the transitive ones too, in pyproject.toml.

uv.lock records the addresses of the registry it was made with, so it stays out of the repository. What is kept is every
version, as a constraint; from those `make setup` derives an equivalent uv.lock with whatever registry is at hand.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROJECT = "tradebus"
EMPTY = "constraint-dependencies = []"
CONSTRAINTS = re.compile(r"^constraint-dependencies = \[.*?\]$", re.MULTILINE | re.DOTALL)


def resolve(pyproject: str) -> list[dict[str, Any]]:
    """Return the packages of the lock file that uv makes of a pyproject.toml."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("README.md", "LICENSE", ".python-version"):
            shutil.copy(ROOT / name, folder)
        Path(folder, "pyproject.toml").write_text(pyproject)
        command = [os.environ.get("UV", "uv"), "lock", "--quiet", "--upgrade", "--project", folder]
        subprocess.run(command, cwd=folder, check=True)
        packages: list[dict[str, Any]] = tomllib.loads(Path(folder, "uv.lock").read_text())["package"]
    return [package for package in packages if package["name"] != PROJECT]


def pins(packages: list[dict[str, Any]]) -> list[str]:
    """Return a constraint for each package, sorted; one with several versions says where each of them holds."""
    lines = []
    for package in packages:
        line = f"{package['name']}=={package['version']}"
        if markers := package.get("resolution-markers"):
            line += " ; " + " or ".join(f"({marker})" for marker in markers)
        lines.append(line)
    return sorted(lines, key=lambda line: line.partition("==")[0])


def pinned(pyproject: str, lines: list[str]) -> str:
    """Return pyproject.toml with these constraints and no others."""
    body = "".join(f'    "{line}",\n' for line in lines)
    text, count = CONSTRAINTS.subn(lambda _: f"constraint-dependencies = [\n{body}]" if body else EMPTY, pyproject)
    if count != 1:
        sys.exit(f"pyproject.toml must have constraint-dependencies in [tool.uv] once, has them {count} times")
    return text


def main() -> None:
    """Rewrite pyproject.toml, once it is sure that its pins resolve to themselves."""
    path = ROOT / "pyproject.toml"
    before = path.read_text()
    lines = pins(resolve(pinned(before, [])))
    after = pinned(before, lines)
    if pins(resolve(after)) != lines:
        sys.exit("the pinned versions do not resolve to themselves; pyproject.toml is left as it was")
    path.write_text(after)
    known = set(tomllib.loads(before)["tool"]["uv"]["constraint-dependencies"])
    changed = sorted(set(lines) ^ known)
    print("\n".join(f"{'+' if line in lines else '-'} {line}" for line in changed) or "nothing is newer")


if __name__ == "__main__":
    main()
