"""A data folder → whom PostgreSQL runs as there, and where its socket lies."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import stat
from pathlib import Path

from config.servers.processes import Account, CannotStart

# A socket's path may have 108 bytes, so it cannot live under a checkout of any depth.
SOCKET_ROOT = Path("/tmp")
UNPRIVILEGED_USERS = ("postgres", "nobody", "daemon")


def account_for(folder: Path) -> Account:
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


def folder_argument(folder: Path, account: Account) -> str:
    """The data folder as PostgreSQL can open it: the checkout may lie where an unprivileged user may not even pass.

    We enter the folder as root and only then become that user; this link leads to the working directory without
    passing the folders above it, so nobody's permissions need to change.
    """
    return str(folder) if account.uid is None else "/proc/self/cwd"


def socket_folder(data: Path, account: Account) -> Path:
    """A short folder that belongs to PostgreSQL's user alone, the same one at every start."""
    owner = os.geteuid() if account.uid is None else account.uid
    for turn in range(100):
        folder = SOCKET_ROOT / f"{socket_name(data)}{f'-{turn}' if turn else ''}"
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if account.uid is not None and account.gid is not None:
                os.chown(folder, account.uid, account.gid)
        # Somebody else may have been there first: a folder or a link that is not ours is not used.
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == owner and not found.st_mode & 0o077:
            return folder
    raise CannotStart(f"No folder for PostgreSQL's socket could be made in {SOCKET_ROOT}.")


def socket_name(data: Path) -> str:
    return f"hearback-{hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]}"
