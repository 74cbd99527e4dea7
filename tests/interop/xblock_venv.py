"""The virtual environment of the Open edX platform code: made once, beside the tool's own."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements-xblock.txt")
INSTALL_SECONDS = 300
NO_INDEX = ("No matching distribution", "Could not find a version", "Max retries", "resolution")


class NoPackageIndex(Exception):
    """The packages could not be fetched from anywhere."""


def ensure(folder: Path) -> Path:
    """The environment's Python; makes or renews the environment where its pins have changed.

    Processes that ask at the same time wait for each other. Raises `NoPackageIndex`.
    """
    folder.mkdir(exist_ok=True)
    (folder / ".gitignore").write_text("*\n")
    python, stamp = folder / "bin" / "python", folder / "made-from"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            _make(folder, python)
            stamp.write_text(wanted)
    return python


def _make(folder: Path, python: Path) -> None:
    """Upgrading in place, not `--clear`: the lock that others wait for lies in the folder."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    options = ["--quiet", "--no-deps", "--retries", "1", "--disable-pip-version-check"]
    done = subprocess.run(
        [str(python), "-m", "pip", "install", *options, "-r", str(REQUIREMENTS)],
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
    )
    if done.returncode and any(sign in done.stderr for sign in NO_INDEX):
        raise NoPackageIndex(done.stderr.strip().splitlines()[-1])
    if done.returncode:
        raise RuntimeError(f"the Open edX code cannot be installed:\n{done.stderr}")
