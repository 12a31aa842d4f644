"""Whose account the database servers run under: ours, or an unprivileged one when we are root."""

import os
import pwd
from pathlib import Path
from typing import NamedTuple

from mrdweb.embedded.faults import CannotStart

UNPRIVILEGED_NAME = "nobody"
UNPRIVILEGED_UID = 65534


class Account(NamedTuple):
    """A user of the operating system."""

    uid: int
    gid: int
    name: str


def account_of(uid: int) -> Account:
    """Return the account with this number; raises CannotStart when the system has no name for it."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        raise CannotStart(
            f"The user with the number {uid} has no name in /etc/passwd, and PostgreSQL wants one. "
            "Start as a user that has a name."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def own_account() -> Account:
    return account_of(os.geteuid())


def servers_account(data: Path) -> Account | None:
    """Return the account that the servers must change to, or None when they stay under ours.

    PostgreSQL refuses to run as root. Data that exist already are served by the account that owns them.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return account_of(owner)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_NAME)
    except KeyError:
        return account_of(UNPRIVILEGED_UID)
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)


def can_reach(directory: Path, account: Account | None) -> bool:
    """Tell whether this account can enter a directory, by trying it under that account."""
    if account is None:
        return os.access(directory, os.X_OK)
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            os.chdir(directory)
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
