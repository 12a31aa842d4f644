"""A container without a container engine: a read-only root, a network of its own, other users, from Linux itself.

Needs root, for the namespaces only; every program in it runs as an ordinary user. The product lies at /app with
just what the Dockerfile copies, its Python environment at /venv, the secrets at /run/secrets, programs of servers
at /srv, and the names `db` and `redis` lead to this same network.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from mrdweb.embedded.guardian import PR_SET_PDEATHSIG, children_of, set_process_control
from mrdweb.embedded.product import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
FINAL_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]
HOSTS = "127.0.0.1 localhost db redis\n"

# ioctl(2): SIOCGIFFLAGS, then SIOCSIFFLAGS with IFF_UP, for the interface "lo"; the "ip" command may not be there
SWITCH_LOOPBACK_ON = """
import fcntl, socket, struct
control = socket.socket()
flags = struct.unpack("16sh", fcntl.ioctl(control, 0x8913, struct.pack("16sh", b"lo", 0)))[1]
fcntl.ioctl(control, 0x8914, struct.pack("16sh", b"lo", flags | 1))
"""

# all processes inside die with the first of them, and that one with us
UNSHARE = ("unshare", "--mount", "--net", "--ipc", "--pid", "--fork", "--kill-child", "--propagation", "private")
SET_UP = """
set -eu
mount -t tmpfs -o mode=755 sandbox "$ROOT"
cd "$ROOT"
for part in usr bin sbin lib lib32 lib64 libx32; do
    if [ -L "/$part" ]; then cp -P "/$part" .
    elif [ -d "/$part" ]; then mkdir "$part"; mount --rbind "/$part" "$part"; fi
done
mkdir -p etc proc dev tmp run/secrets data app srv venv "./$PYTHON"
mount --rbind /etc etc && mount --bind "$FILES/hosts" etc/hosts
mount -t proc proc proc
mount --rbind /dev dev && mount -t tmpfs -o mode=1777 shm dev/shm
mount --bind "$PYTHON" "./$PYTHON" && mount -o remount,bind,ro "./$PYTHON"
mount --bind "$ENVIRONMENT_FOLDER" venv && mount -o remount,bind,ro venv
mount --bind "$FILES/app" app && mount -o remount,bind,ro app
mount --bind "$FILES/secrets" run/secrets && mount -o remount,bind,ro run/secrets
mount --bind "$PROGRAMS" srv && mount -o remount,bind,ro srv
mount -t tmpfs -o mode=1777 tmp tmp
mount -t tmpfs -o mode=1777 data data
mount -o remount,ro,mode=755 "$ROOT"
echo ready
exec sleep infinity
"""


def image_environment() -> dict[str, str]:
    """Return what the image's ENV lines set."""
    words = " ".join(re.findall(r"(?m)^ENV (.*)$", FINAL_STAGE)).split()
    variables = dict(word.split("=", 1) for word in words)
    variables["PATH"] = variables["PATH"].replace("$PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
    return variables


def copied_parts() -> list[str]:
    """Return what the Dockerfile copies from the project into the image."""
    return [part for part in re.findall(r"(?m)^COPY (\S+) \S+$", DOCKERFILE) if not part.startswith("-")]


def image_files(files: Path) -> Path:
    """Make the folder that a sandbox is built from: the image's tree, no secrets yet, the names of the hosts."""
    files.mkdir(mode=0o755)
    _image_tree(files / "app")
    (files / "hosts").write_text(HOSTS)
    return files


def _image_tree(app: Path) -> None:
    """Make what the Dockerfile makes of the project: the copied parts, and the collected static files."""
    app.mkdir()
    for part in copied_parts():
        source = PROJECT / part
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, app / part)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=app,
        env={"PATH": os.environ["PATH"], "MRD_STATIC_ROOT": str(app / "staticfiles"), "MRD_HOME": os.devnull},
        check=True,
    )
    subprocess.run(["chmod", "-R", "go+rX", app], check=True)


class Sandbox:
    """The namespaces, held by one process, and the programs started in them."""

    def __init__(self, files: Path, programs: Path) -> None:
        """Build it: `files` has to hold app/, secrets/ and hosts; `programs` are those of the servers."""
        self.root = files / "root"
        self.root.mkdir()
        self.environment = image_environment()
        self.holder = subprocess.Popen(
            [*UNSHARE, "sh", "-c", SET_UP],
            env={
                "PATH": os.environ["PATH"],
                "ROOT": str(self.root),
                "FILES": str(files),
                "PYTHON": sys.base_prefix,
                "ENVIRONMENT_FOLDER": sys.prefix,
                "PROGRAMS": str(programs),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: set_process_control(PR_SET_PDEATHSIG, signal.SIGKILL),
        )
        assert self.holder.stdout
        assert self.holder.stderr
        if self.holder.stdout.readline() != "ready\n":
            raise RuntimeError(self.holder.communicate()[1])
        (first,) = children_of(self.holder.pid)
        self.enter = ["nsenter", f"--target={first}", "--mount", "--net", "--ipc", "--pid"]
        subprocess.run([*self.enter, sys.executable, "-c", SWITCH_LOOPBACK_ON], check=True)
        self.log = (files / "log").open("w+")
        self.started: list[subprocess.Popen[bytes]] = []

    def command(self, user: int, words: list[str], extra: Mapping[str, str]) -> list[str]:
        """Return how to run these words inside, as this user, with nothing but this environment."""
        variables = [f"{name}={value}" for name, value in {**self.environment, **extra}.items()]
        change = ["chroot", f"--userspec={user}:{user}", "--groups=", str(self.root)]
        return [*self.enter, *change, "env", "-i", "--chdir=/app", *variables, *words]

    def start(self, user: int, words: list[str], extra: Mapping[str, str]) -> None:
        """Start a program that stays."""
        command = self.command(user, words, extra)
        self.started.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log))

    def run(self, user: int, words: list[str], extra: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end."""
        return subprocess.run(
            self.command(user, words, extra), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )

    def said(self) -> str:
        """Return what the staying programs said."""
        return Path(self.log.name).read_text()

    def close(self) -> None:
        """End everything in it."""
        self.holder.kill()
        self.holder.communicate()
        for program in self.started:
            program.wait()
        self.log.close()
