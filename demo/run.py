"""The whole demo: a new database, the curriculum, the tool, its worker, and a platform.

Started by `python -m demo` from a prepared virtual environment; Ctrl-C or SIGTERM ends it all.
"""

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from demo.processes import DemoFailed, Lasting, Place, lasting, run_step, wait_until_ready
from demo.serving import PortTaken, listen, serve_lms
from demo.settings import LmsSettings

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("var", "demo")
TOOL_HOST = "127.0.0.1"
LMS_HOST = "localhost"
CURRICULUM = "lti_tool/curriculum/content/pm-to-pmo"
FLASK = [sys.executable, "-m", "flask", "--app", "wsgi"]


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the demo until it is told to stop; returns the exit status."""
    options = _options(arguments)
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, _stop)
    try:
        _run(options, root)
    except KeyboardInterrupt:
        print("Stopped.", flush=True)
    except (DemoFailed, PortTaken) as problem:
        print(f"demo: {problem}", file=sys.stderr, flush=True)
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--tool-port", type=int, default=8700, help="of the tool (%(default)s)")
    parser.add_argument("--lms-port", type=int, default=8701, help="of the platform (%(default)s)")
    parser.add_argument("--keep", action="store_true", help="go on with the last run's data")
    options = parser.parse_args(arguments)
    if options.tool_port == options.lms_port:
        parser.error("the two ports must differ")
    return options


def _run(options: argparse.Namespace, root: Path) -> NoReturn:
    _check_port(TOOL_HOST, options.tool_port, "--tool-port")
    _check_port(LMS_HOST, options.lms_port, "--lms-port")
    settings = LmsSettings(
        issuer=f"http://{LMS_HOST}:{options.lms_port}",
        tool_url=f"http://{TOOL_HOST}:{options.tool_port}",
    )
    folder = _folder(root, keep=options.keep)
    place = Place(root, _environment(folder, settings))
    _prepare(folder, place, settings)
    with ExitStack() as stack:
        database = folder / "lms.sqlite"
        stack.enter_context(serve_lms(settings.tool_url, options.lms_port, LMS_HOST, database))
        print("Starting the tool and its worker ...", flush=True)
        processes = [
            stack.enter_context(lasting(name, command, place, folder / log))
            for name, command, log in _lasting_commands(options.tool_port)
        ]
        wait_until_ready(TOOL_HOST, options.tool_port, "/readyz", processes)
        print(f"\n    {settings.issuer}\n")
        print("Open it, choose Dana and open Module 1. Ctrl-C here stops everything.", flush=True)
        _watch(processes)


def _check_port(host: str, port: int, option: str) -> None:
    """Fail before anything is touched. A listener on another of the host's addresses counts too."""
    try:
        listen(host, port).close()
    except (OverflowError, PortTaken) as problem:
        raise DemoFailed(f"{problem}. Choose another with {option}.") from problem
    with contextlib.suppress(OSError):
        socket.create_connection((host, port), timeout=1).close()
        raise DemoFailed(f"port {port} is taken. Choose another with {option}.")


def _folder(root: Path, *, keep: bool) -> Path:
    folder = root / FOLDER
    if not keep and folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _environment(folder: Path, settings: LmsSettings) -> dict[str, str]:
    """Ours, without any other settings of the tool, and with no proxy for this machine."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")
    }
    local = f"{LMS_HOST},{TOOL_HOST}"
    return {
        **inherited,
        "NO_PROXY": local,
        "no_proxy": local,
        "PYTHONUNBUFFERED": "1",
        "LTI_TOOL_DATABASE_URL": f"sqlite:///{folder / 'tool.sqlite'}",
        "LTI_TOOL_PUBLIC_URL": settings.tool_url,
        "LTI_TOOL_SECRET_KEY": _secret(folder / "secret"),
        "LTI_TOOL_TRUSTED_ORIGINS": settings.issuer,
    }


def _secret(path: Path) -> str:
    """Random for each new folder; kept with it, since kept data may be sealed with it."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _prepare(folder: Path, place: Place, settings: LmsSettings) -> None:
    """The tool's own commands, in order. What was registered before is not registered again."""
    registration = settings.registration_arguments()
    registered = folder / "registered"
    steps = {
        "Preparing the database": ["db", "upgrade"],
        "Publishing the curriculum": ["curriculum", "publish", CURRICULUM],
    }
    if not registered.exists() or registered.read_text() != repr(registration):
        steps["Registering the demo platform"] = ["registrations", "add", *registration]
    for name, arguments in steps.items():
        print(f"{name} ...", flush=True)
        run_step(name, [*FLASK, *arguments], place)
    registered.write_text(repr(registration))


def _lasting_commands(tool_port: int) -> list[tuple[str, list[str], str]]:
    gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:app", "--no-control-socket"]
    listening = ["--bind", f"{TOOL_HOST}:{tool_port}", "--graceful-timeout", "3"]
    workers = ["--workers", "1", "--worker-class", "gthread", "--threads", "8"]
    return [
        ("The tool", [*gunicorn, *listening, *workers], "tool.log"),
        ("The worker", [*FLASK, "outbox", "run"], "worker.log"),
    ]


def _watch(processes: Sequence[Lasting]) -> NoReturn:
    while True:
        for process in processes:
            process.check()
        time.sleep(0.5)


def _stop(_number: int, _frame: object) -> NoReturn:
    """End the run once: further signals must not break the tidying up."""
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, signal.SIG_IGN)
    raise KeyboardInterrupt
