"""`python -m demo`, with a stand-in for the tool: starts, says what is wrong, ends cleanly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from demo.serving import listen
from tests.demo.scripted_tool import get

ROOT = Path(__file__).resolve().parents[2]
STARTED_SECONDS = 30

STAND_IN = """
import json, os, sys, time
import click
from flask import Flask
from flask.cli import AppGroup

app = Flask(__name__)

def note(*what):
    with open("steps.log", "a") as log:
        log.write(json.dumps(what) + "\\n")

def group(name, command, behaviour):
    made = AppGroup(name)
    arguments = click.Argument(["rest"], nargs=-1, type=click.UNPROCESSED)
    made.add_command(click.Command(
        command, params=[arguments], callback=behaviour,
        context_settings={"ignore_unknown_options": True},
    ))
    app.cli.add_command(made)

def publish(rest):
    note("publish", *rest)
    if os.path.exists("broken"):
        sys.exit("module 3: no title")

def work(rest):
    note("worker", os.getpid())
    time.sleep(0.5 if os.path.exists("lazy") else 600)

group("db", "upgrade", lambda rest: note("upgrade", os.environ["LTI_TOOL_DATABASE_URL"]))
group("curriculum", "publish", publish)
group("registrations", "add", lambda rest: note("register", *rest))
group("outbox", "run", work)

@app.get("/readyz")
def ready():
    return {name: value for name, value in os.environ.items() if name.startswith("LTI_TOOL_")}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "wsgi.py").write_text(STAND_IN)
    return tmp_path


def free_ports() -> tuple[int, int]:
    with listen("127.0.0.1", 0) as one, listen("localhost", 0) as other:
        return one.getsockname()[1], other.getsockname()[1]


@contextmanager
def demo(project: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    start = "import sys, pathlib; from demo.run import main; "
    start += "sys.exit(main(sys.argv[2:], pathlib.Path(sys.argv[1])))"
    process = subprocess.Popen(
        [sys.executable, "-c", start, str(project), *options],
        cwd=ROOT,
        env={**os.environ, "LTI_TOOL_ENGINE": "celery"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def output_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen, give_up_at = "", time.monotonic() + STARTED_SECONDS
    while text not in seen and time.monotonic() < give_up_at:
        line = process.stdout.readline()
        if not line:
            break
        seen += line
    assert text in seen, seen
    return seen


def with_ports(tool: int, lms: int) -> list[str]:
    return ["--tool-port", str(tool), "--lms-port", str(lms)]


def test_starts_everything_and_ends_it_on_a_signal(project: Path) -> None:
    tool, lms = free_ports()
    with demo(project, *with_ports(tool, lms)) as process:
        seen = output_until(process, "Ctrl-C")
        assert seen.count("http://") == 1
        assert f"http://localhost:{lms}\n" in seen
        assert "Who are you today?" in get(f"http://localhost:{lms}/").text
        settings = get(f"http://127.0.0.1:{tool}/readyz").json()
        assert settings["LTI_TOOL_PUBLIC_URL"] == f"http://127.0.0.1:{tool}"
        assert settings["LTI_TOOL_TRUSTED_ORIGINS"] == f"http://localhost:{lms}"
        assert "LTI_TOOL_ENGINE" not in settings

        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=STARTED_SECONDS)
    assert (process.returncode, rest.strip()) == (0, "Stopped.")

    upgrade, publish, register, worker = (project / "steps.log").read_text().splitlines()
    assert f"sqlite:///{project}/var/demo/tool.sqlite" in upgrade
    assert "lti_tool/curriculum/content/pm-to-pmo" in publish
    assert f'"--issuer", "http://localhost:{lms}"' in register
    with pytest.raises(ProcessLookupError):
        os.kill(int(worker.split()[-1].rstrip("]")), 0)
    with listen("127.0.0.1", tool), listen("localhost", lms):
        pass


def test_keeps_data_and_registration_when_asked_to(project: Path) -> None:
    ports, secrets_seen = with_ports(*free_ports()), []
    for options in ([], ["--keep"], []):
        with demo(project, *ports, *options) as process:
            output_until(process, "Ctrl-C")
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=STARTED_SECONDS)
        secrets_seen.append((project / "var" / "demo" / "secret").read_text())

    assert (project / "steps.log").read_text().count('["register"') == 2
    assert secrets_seen[0] == secrets_seen[1] != secrets_seen[2]


def test_names_the_port_that_is_taken(project: Path) -> None:
    tool, lms = free_ports()
    with (
        listen("localhost", lms),
        demo(project, *with_ports(tool, lms)) as process,
    ):
        seen, _ = process.communicate(timeout=STARTED_SECONDS)
    assert process.returncode == 1
    assert str(lms) in seen and "--lms-port" in seen
    assert not (project / "var").exists()


def test_shows_why_a_step_failed(project: Path) -> None:
    (project / "broken").touch()
    with demo(project, *with_ports(*free_ports())) as process:
        seen, _ = process.communicate(timeout=STARTED_SECONDS)
    assert process.returncode == 1
    assert "demo: Publishing the curriculum failed" in seen
    assert "module 3: no title" in seen


def test_ends_when_a_process_ends_by_itself(project: Path) -> None:
    (project / "lazy").touch()
    with demo(project, *with_ports(*free_ports())) as process:
        seen, _ = process.communicate(timeout=STARTED_SECONDS)
    assert process.returncode == 1
    assert "The worker ended by itself" in seen
