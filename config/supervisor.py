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
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from config import beside, children, needs, servers
from config.children import MARK, Child, Children, python, say
from config.needs import CannotRun
from config.translations import compile_messages

ROOT = Path(__file__).resolve().parent.parent
QUEUES = "mail,rollup,import,export,default"
NO = {"0", "false", "no", "off"}
READY_SECONDS = 60
# Source maps and parts of Tabler that no page loads.
NOT_SERVED = ("--ignore=*.map", "--ignore=libs", "--ignore=types")
# Together well under ten seconds.
WEB_SECONDS, WORKER_SECONDS, MAILBOX_SECONDS = 2.0, 3.5, 0.5
POSTGRES_SECONDS, VALKEY_SECONDS = 2.5, 1.0


class Stopped(Exception):
    """A signal came while we were still starting."""


class Supervisor:
    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.address = f"http://127.0.0.1:{port}"
        self.signalled = threading.Event()
        self.environment = dict(os.environ)
        self.children = Children(data, self.environment)
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
        leftovers = children.marked(self.data)
        if leftovers:
            say(f"ending {len(leftovers)} processes that an earlier run left behind")
        for polite in (True, False):
            for process in children.marked(self.data):
                with contextlib.suppress(psutil.Error):
                    process.terminate() if polite else process.kill()
            if servers.gone(lambda: children.marked(self.data), seconds=3):
                break
        servers.stop(self.data)

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
        if made := needs.create_database(given["DATABASE_URL"]):
            say(f"created the database {made}")
        self.environment |= given
        self.environment |= {
            name: value for name, value in needs.secret_keys(self.data).items() if not os.environ.get(name)
        }
        self.environment |= {"LOCAL": "true", "DATA": str(self.data), MARK: str(self.data), "PYTHONUNBUFFERED": "1"}
        self.environment.setdefault("SITE_URL", self.address)
        self.environment.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost")
        self.environment.setdefault("STATIC_ROOT", str(self.data / "static"))
        if not self.environment.get("EMAIL_URL"):
            self._start_mailbox()
        own = {name: value for name, value in self.environment.items() if os.environ.get(name) != value}
        beside.write(self.data, {name: value for name, value in own.items() if name != MARK})

    def _start_mailbox(self) -> None:
        port = needs.free_port()
        folder = str(self.data / "mailbox")
        self.environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAILBOX_DIR": folder}
        self.children.start(Child("mailbox", python("config.mailcatcher", "--folder", folder, "--port", str(port))))

    def _prepare(self) -> None:
        compile_messages()
        self._step("tables", "migrate", "--noinput")
        self._once(
            "files", needs.fingerprint(needs.static_sources()), "collectstatic", "--noinput", "--clear", *NOT_SERVED
        )
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
        log = self.children.log(name)
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
                        children.end([step], seconds=2)
                        raise Stopped from None
            errors.write(said)
        if step.returncode:
            words = self.children.last_words(name)
            raise CannotRun(f"`manage.py {command[0]}` failed. The end of {log}:\n{words}")
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
        self.children.start(Child("web", python("gunicorn", *web), {"BROKER_SOCKET_TIMEOUT": "1"}))
        # A line for every sweep, every few seconds, would be all there is in their logs.
        quiet = {"LOG_LEVEL": self.environment.get("LOG_LEVEL", "WARNING")}
        # SIGTERM as a soft shutdown: what is under way may end, for a few seconds.
        self.children.start(Child("worker", python("celery", *worker), quiet | {"REMAP_SIGTERM": "SIGQUIT"}))
        self.children.start(Child("beat", python("celery", *beat), quiet))
        deadline = time.monotonic() + READY_SECONDS
        while not self._web_answers():
            if self.signalled.wait(0.1):
                raise Stopped
            if time.monotonic() > deadline:
                log, words = self.children.log("web"), self.children.last_words("web")
                raise CannotRun(f"The web server does not answer. The end of {log}:\n{words}")
            self.children.restart_the_dead()

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
            self.children.restart_the_dead()
            if self.own_servers and time.monotonic() > look_at_servers:
                look_at_servers = time.monotonic() + 5
                if not servers.both_run(self.data):
                    say("a server ended unexpectedly; starting it again")
                    servers.start(self.data, end_with_us=True)

    # --- down -----------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        self._state("stopping")
        say("stopping")
        self.children.end("web", "beat", seconds=WEB_SECONDS)
        self.children.end("worker", seconds=WORKER_SECONDS)
        self.children.end("mailbox", seconds=MAILBOX_SECONDS)
        for left in children.marked(self.data):
            with contextlib.suppress(psutil.Error):
                left.kill()
        if self.own_servers:
            servers.stop(self.data, postgres_seconds=POSTGRES_SECONDS, valkey_seconds=VALKEY_SECONDS)
        self._state("stopped")
        say("stopped")


def _read(path: Path) -> str:
    return path.read_text(errors="replace") if path.exists() else ""


def main() -> int:
    data = Path(os.environ.get("DATA") or ROOT / ".data").absolute()
    return Supervisor(data.resolve(), needs.port_of(os.environ.get("PORT") or "8000")).run()


if __name__ == "__main__":
    sys.exit(main())
