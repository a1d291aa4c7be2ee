"""`make run`: a bare machine → Hearback, whole, until Ctrl-C.

Servers first, then what they need (tables, texts, files, a demo), then web, worker and beat. On a signal web and beat
stop, then the worker, then the mailbox, PostgreSQL and Valkey. What an earlier supervisor left behind is ended first.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import environ
import psutil
import psycopg2

from config import beside, servers
from config.translations import compile_messages

ROOT = Path(__file__).resolve().parent.parent
QUEUES = "mail,rollup,import,export,default"
# Every process of ours carries it, so the next start finds what a killed supervisor left.
MARK = "HEARBACK_SUPERVISED_DATA"
LOG_LIMIT = 5_000_000
NO = {"0", "false", "no", "off"}
READY_SECONDS = 60
# Source maps and parts of Tabler that no page loads.
NOT_SERVED = ("--ignore=*.map", "--ignore=libs", "--ignore=types")
# Together well under ten seconds.
WEB_SECONDS, WORKER_SECONDS, MAILBOX_SECONDS = 2.0, 3.5, 0.5
POSTGRES_SECONDS, VALKEY_SECONDS = 2.5, 1.0
LONGEST_PAUSE = 30.0


class CannotRun(Exception):
    """Hearback cannot start here; the message says what to do."""


class Stopped(Exception):
    """A signal came while we were still starting."""


@dataclass
class Child:
    """A process that is to run as long as we do."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    popen: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    restart_at: float | None = None


class Supervisor:
    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.address = f"http://127.0.0.1:{port}"
        self.signalled = threading.Event()
        self.environment = dict(os.environ)
        self.children: list[Child] = []
        self.own_servers = False

    # --- up -------------------------------------------------------------------------------------------------------

    def run(self) -> int:
        for folder in ("log", "run", "mailbox", "static"):
            (self.data / folder).mkdir(parents=True, exist_ok=True)
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, lambda *_: self.signalled.set())
        if "MAKELEVEL" in os.environ:
            # Whoever kills `make` means us.
            servers.end_with_our_parent(signal.SIGTERM)
        with self._alone():
            try:
                self._end_leftovers()
                self._refuse_taken_port()
                self._start_servers()
                self._prepare()
                self._start_children()
                self._tell()
                self._watch()
            except Stopped:
                pass
            except (CannotRun, servers.CannotStart) as refusal:
                print(f"\n{refusal}", file=sys.stderr, flush=True)
                return 1
            finally:
                self._stop()
        return 0

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One supervisor for one data folder; one that is just leaving is waited for."""
        with (self.data / "run" / "supervisor.lock").open("a") as lock:
            deadline = time.monotonic() + 12
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    state = _read(self.data / "run" / "supervisor.state")
                    if not state.startswith("stopping") or time.monotonic() > deadline:
                        sys.exit(
                            f"Hearback already runs from {self.data} ({state or 'starting'}). "
                            "Stop it, or run a second one beside it: make run PORT=8001 DATA=.data2"
                        )
                    time.sleep(0.2)
            self._state("running")
            yield

    def _state(self, word: str) -> None:
        (self.data / "run" / "supervisor.state").write_text(f"{word}, process {os.getpid()}, {self.address}")

    def _end_leftovers(self) -> None:
        leftovers = self._marked()
        if leftovers:
            say(f"ending {len(leftovers)} processes that an earlier run left behind")
        for polite in (True, False):
            for process in self._marked():
                with contextlib.suppress(psutil.Error):
                    process.terminate() if polite else process.kill()
            if servers.gone(self._marked, seconds=3):
                break
        servers.stop(self.data)

    def _marked(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                ours = process.pid != os.getpid() and process.environ().get(MARK) == str(self.data)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def _refuse_taken_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as fault:
                raise CannotRun(
                    f"Port {self.port} cannot be used ({fault.strerror}). Choose another one: "
                    f"make run PORT={self.port + 1 if 1024 <= self.port < 65535 else 8001}"
                ) from None

    def _start_servers(self) -> None:
        given = {name: self.environment.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
        if all(given.values()):
            say("using DATABASE_URL and REDIS_URL")
        else:
            ours = servers.start(self.data, end_with_us=True)
            self.own_servers = True
            given = {
                "DATABASE_URL": given["DATABASE_URL"] or ours.database_url,
                "REDIS_URL": given["REDIS_URL"] or ours.redis_url,
            }
            say("PostgreSQL and Valkey are up")
        _create_database(given["DATABASE_URL"])
        self.environment |= given
        self.environment |= {name: value for name, value in _secrets(self.data).items() if not os.environ.get(name)}
        self.environment |= {"LOCAL": "true", "DATA": str(self.data), MARK: str(self.data), "PYTHONUNBUFFERED": "1"}
        self.environment.setdefault("SITE_URL", self.address)
        self.environment.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost")
        self.environment.setdefault("STATIC_ROOT", str(self.data / "static"))
        if not self.environment.get("EMAIL_URL"):
            self._start_mailbox()
        own = {name: value for name, value in self.environment.items() if os.environ.get(name) != value}
        beside.write(self.data, {name: value for name, value in own.items() if name != MARK})

    def _start_mailbox(self) -> None:
        port = _free_port()
        folder = str(self.data / "mailbox")
        self.environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAILBOX_DIR": folder}
        self._start(Child("mailbox", _python("config.mailcatcher", "--folder", folder, "--port", str(port))))

    def _prepare(self) -> None:
        compile_messages()
        self._step("tables", "migrate", "--noinput")
        self._once("files", _fingerprint(_static_sources()), "collectstatic", "--noinput", "--clear", *NOT_SERVED)
        signed_in = hashlib.sha256(self.environment["DATABASE_URL"].encode()).hexdigest()
        if self.environment.get("DEMO", "").lower() not in NO:
            self._once("demo", signed_in, "demo")

    def _once(self, name: str, fingerprint: str, *command: str) -> None:
        """A step whose result stays good until what it was made from changes."""
        stamp = self.data / "run" / f"{name}.json"
        known = json.loads(_read(stamp) or "{}")
        if known.get("of") != fingerprint:
            said = self._step(name, *command)
            stamp.write_text(json.dumps({"of": fingerprint, "said": said}))

    def _step(self, name: str, *command: str) -> str:
        log = self._log(name)
        begin = time.monotonic()
        with log.open("ab") as errors:
            step = subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
                preexec_fn=servers.end_with_parent(signal.SIGTERM),
            )
            said = b""
            while True:
                try:
                    said, _ = step.communicate(timeout=0.2)
                    break
                except subprocess.TimeoutExpired:
                    if self.signalled.is_set():
                        _end([step], seconds=2)
                        raise Stopped from None
            errors.write(said)
        if step.returncode:
            end = "\n".join(_read(log).splitlines()[-12:])
            raise CannotRun(f"`manage.py {command[0]}` failed. The end of {log}:\n{end}")
        say(f"{name}: done in {time.monotonic() - begin:.1f} s")
        return said.decode(errors="replace")

    def _start_children(self) -> None:
        reload = ["--reload"] if self.environment.get("DEBUG", "").lower() in {"1", "true", "on", "yes"} else []
        web = [
            *("config.wsgi", f"--bind=127.0.0.1:{self.port}", "--workers=2", "--threads=4", "--worker-class=gthread"),
            *("--access-logfile=-", "--graceful-timeout=2", "--no-control-socket", *reload),
        ]
        worker = [
            *("-A", "config.celery", "worker", f"--queues={QUEUES}", "--concurrency=2"),
            *("--without-gossip", "--without-mingle"),
        ]
        beat = [
            *("-A", "config.celery", "beat", "--pidfile="),
            f"--schedule={self.data / 'run' / 'beat'}",
        ]
        # A web process must not hang on a frozen broker.
        self._start(Child("web", _python("gunicorn", *web), {"BROKER_SOCKET_TIMEOUT": "1"}))
        # A line for every sweep, every few seconds, would be all there is in their logs.
        quiet = {"LOG_LEVEL": self.environment.get("LOG_LEVEL", "WARNING")}
        # SIGTERM as a soft shutdown: what is under way may end, for a few seconds.
        self._start(Child("worker", _python("celery", *worker), quiet | {"REMAP_SIGTERM": "SIGQUIT"}))
        self._start(Child("beat", _python("celery", *beat), quiet))
        deadline = time.monotonic() + READY_SECONDS
        while not self._web_answers():
            if self.signalled.wait(0.1):
                raise Stopped
            if time.monotonic() > deadline:
                raise CannotRun(f"The web server does not answer. The end of {self._log('web')}:\n{self._tail('web')}")
            self._restart_the_dead()

    def _start(self, child: Child) -> None:
        if child not in self.children:
            self.children.append(child)
        with self._log(child.name).open("ab") as log:
            child.popen = subprocess.Popen(
                child.command,
                cwd=ROOT,
                env=self.environment | child.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C reaches the supervisor alone, which ends the others in order.
                start_new_session=True,
                preexec_fn=servers.end_with_parent(signal.SIGTERM),
            )
        child.started_at, child.restart_at = time.monotonic(), None

    def _web_answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/healthz", timeout=5) as answer:  # noqa: S310  our own address
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def _tell(self) -> None:
        demo = json.loads(_read(self.data / "run" / "demo.json") or "{}").get("said", "").strip()
        print(f"\nHearback runs at {self.environment['SITE_URL']}/")
        if demo:
            print("Sign in with:")
            for line in demo.splitlines():
                print("  " + "".join(f"{word:<28}" for word in line.split("\t")).rstrip())
        if self.environment.get("MAILBOX_DIR"):
            print(f"Every mail it sends lands in {self.environment['SITE_URL']}/mailbox/")
        print(f"Logs are in {self.data / 'log'}. Ctrl-C ends everything.\n", flush=True)

    # --- while it runs --------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        look_at_servers = 0.0
        while not self.signalled.wait(0.25):
            self._restart_the_dead()
            if self.own_servers and time.monotonic() > look_at_servers:
                look_at_servers = time.monotonic() + 5
                if not servers.both_run(self.data):
                    say("a server ended unexpectedly; starting it again")
                    servers.start(self.data, end_with_us=True)

    def _restart_the_dead(self) -> None:
        moment = time.monotonic()
        for child in self.children:
            if child.restart_at is not None and moment >= child.restart_at:
                self._start(child)
            elif child.restart_at is None and child.popen and child.popen.poll() is not None:
                child.pause = 1.0 if moment - child.started_at > 60 else min(child.pause * 2, LONGEST_PAUSE)
                child.restart_at = moment + child.pause
                say(
                    f"{child.name} ended unexpectedly ({_reason(child.popen.returncode)}); "
                    f"starting it again in {child.pause:.0f} s, see {self._log(child.name)}"
                )

    # --- down -----------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        self._state("stopping")
        say("stopping")
        self._end_children("web", "beat", seconds=WEB_SECONDS)
        self._end_children("worker", seconds=WORKER_SECONDS)
        self._end_children("mailbox", seconds=MAILBOX_SECONDS)
        for left in self._marked():
            with contextlib.suppress(psutil.Error):
                left.kill()
        if self.own_servers:
            servers.stop(self.data, postgres_seconds=POSTGRES_SECONDS, valkey_seconds=VALKEY_SECONDS)
        self._state("stopped")
        say("stopped")

    def _end_children(self, *names: str, seconds: float) -> None:
        _end([child.popen for child in self.children if child.name in names and child.popen], seconds=seconds)

    def _log(self, name: str) -> Path:
        log = self.data / "log" / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        return log

    def _tail(self, name: str) -> str:
        return "\n".join(_read(self._log(name)).splitlines()[-12:])


def say(words: str) -> None:
    print(f"  {words}", flush=True)


def _secrets(data: Path) -> dict[str, str]:
    """Written once, so that links in mails survive a restart."""
    path = data / "secrets.json"
    if not path.exists():
        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "LINK_KEYS": f"1:{secrets.token_urlsafe(48)}",
            "ADDRESS_KEY": secrets.token_urlsafe(48),
        }
        aside = path.with_suffix(".part")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
        aside.replace(path)
    return {str(name): str(value) for name, value in json.loads(path.read_text()).items()}


def _create_database(url: str) -> None:
    found = environ.Env.db_url_config(url)
    where = {"host": found["HOST"], "port": found["PORT"] or 5432, "user": found["USER"], "password": found["PASSWORD"]}
    try:
        try:
            psycopg2.connect(dbname=found["NAME"], connect_timeout=5, **where).close()
        except psycopg2.OperationalError as fault:
            if "does not exist" not in str(fault):
                raise
            with contextlib.closing(psycopg2.connect(dbname="postgres", connect_timeout=5, **where)) as connection:
                connection.autocommit = True
                connection.cursor().execute(f'CREATE DATABASE "{found["NAME"]}"')
            say(f"created the database {found['NAME']}")
    except psycopg2.Error as fault:
        raise CannotRun(f"The database in DATABASE_URL cannot be used: {str(fault).strip()}") from None


def _static_sources() -> list[Path]:
    lock = ROOT / "node_modules" / ".package-lock.json"
    own = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    return sorted(
        [*own, ROOT / "config" / "settings.py", ROOT / "requirements.txt", *([lock] if lock.exists() else [])]
    )


def _fingerprint(files: list[Path]) -> str:
    lines = [f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _python(module: str, *words: str) -> list[str]:
    return [sys.executable, "-m", module, *words]


def _end(processes: list[subprocess.Popen[bytes]], *, seconds: float) -> None:
    """SIGTERM to all, then SIGKILL to the whole group of whoever is still there."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + seconds
    for process in processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _reason(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        sys.exit(f"PORT must be a number between 1 and 65535, not {text!r}: make run PORT=8001")
    return int(text)


def main() -> int:
    data = Path(os.environ.get("DATA") or ROOT / ".data").absolute()
    return Supervisor(data.resolve(), _port(os.environ.get("PORT") or "8000")).run()


if __name__ == "__main__":
    sys.exit(main())
