"""`manage.py up`: servers, migrations, demonstration data, web, worker and beat, until somebody says stop."""

import contextlib
import os
import select
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from mrdweb import env
from mrdweb.embedded import binaries, guardian, postgres, roles, valkey
from mrdweb.embedded.addresses import Addresses, addresses, check_database_answers, embedded, leave_to_other_commands
from mrdweb.embedded.faults import CannotStart, StopRequested
from mrdweb.embedded.health import LOOPBACK, chosen_port, wait_until_healthy
from mrdweb.embedded.home import FREE_MEGABYTES_LATER, Home, free_megabytes, open_home
from mrdweb.embedded.processes import Crew, Pause, Program, run_to_end
from mrdweb.embedded.product import PROJECT, Product, mrd_monitoring

SERVERS = ("postgresql", "valkey")
LOOK_AFTER_SECONDS = 1.0

MakeProduct = Callable[[Home, Addresses, int, Mapping[str, str]], Product]


def say(sentence: str) -> None:
    """Tell progress and faults on standard error; standard output is for the one line with the address."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


class Signals:
    """Ctrl-C, SIGTERM and a closed terminal, heard while we wait; the end of a child wakes us."""

    def __init__(self) -> None:
        self.stop_asked = False
        self._wakeup, end = os.pipe()
        for descriptor in (self._wakeup, end):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(end, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def _ask_to_stop(self, *_: object) -> None:
        self.stop_asked = True

    def pause(self, seconds: float) -> None:
        """Wait, at most so long; raises StopRequested when somebody asked for the end."""
        if not self.stop_asked:
            select.select([self._wakeup], [], [], seconds)
            with contextlib.suppress(BlockingIOError):
                os.read(self._wakeup, guardian.READ_BYTES)
        if self.stop_asked:
            raise StopRequested


class Supervisor:
    """One run of the product, from the lock on its home to the end of its last process."""

    def __init__(self, home: Home, pause: Pause, environ: Mapping[str, str], *, adopts_orphans: bool = False) -> None:
        self.home = home
        self.pause = pause
        self.environ = environ
        self.short_of_room = False
        self.crew = Crew(home.logs, home.held, say, adopts_orphans)

    def start_servers(self, settings: Mapping[str, str] = postgres.SAFE) -> Addresses:
        """Start the servers that no address replaces, side by side; return where all of them are."""
        ours = embedded(self.environ)
        if ours.database:
            self.start_postgres(settings)
        if ours.queue:
            self.start_valkey()
        if ours.database:
            postgres.wait_until_ready(self.crew.members["postgresql"].running, self.home, self.pause)
            roles.prepare(self.home)
        if ours.queue:
            valkey.wait_until_ready(self.crew.members["valkey"].running, self.home, self.pause)
        found = addresses(self.home, self.environ)
        if not ours.database:
            check_database_answers(found)
        return found

    def start_postgres(self, settings: Mapping[str, str] = postgres.SAFE) -> None:
        """Start PostgreSQL, with its database made if there is none yet."""
        programs = binaries.install(self.home)
        if not self.home.postgres_data.exists():
            say(f"First start: making the database in {self.home.postgres_data}.")
        postgres.initialise(self.home, programs, self.pause)
        postgres.configure(self.home, settings)
        self.crew.start("postgresql", lambda: postgres.program(self.home, programs, self.pause))

    def start_valkey(self) -> None:
        """Start Valkey."""
        programs = binaries.install(self.home)
        self.crew.start("valkey", lambda: valkey.program(self.home, programs))

    def prepare(self, product: Product, *, demonstration: bool) -> None:
        """Run the migrations unless they were, and load the demonstration data if wanted and not yet done."""
        prepared = self.home.root / "prepared-by"
        before = product.fingerprint()
        if not before or not prepared.exists() or prepared.read_text(encoding="utf-8") != before:
            for program in product.preparations:
                self._run(program)
            prepared.write_text(product.fingerprint(), encoding="utf-8")
        if demonstration and not self._demonstration.exists():
            say("First start: loading the demonstration data.")
            said = [self._run(program) for program in product.demonstration]
            self._demonstration.write_text(said[-1].splitlines()[-1] if said else "", encoding="utf-8")

    @property
    def _demonstration(self) -> Path:
        """The file that says that the demonstration data are there, and how to sign in to them."""
        return self.home.root / "demonstration-loaded"

    def ready_line(self, port: int) -> str:
        """Return the one line that a person needs: the address, and how to sign in to the demonstration."""
        known = self._demonstration.exists()
        logins = self._demonstration.read_text(encoding="utf-8").strip() if known else ""
        words = (f"MRD monitoring is ready: http://{LOOPBACK}:{port}/", logins, "(Ctrl-C stops it)")
        return "  ".join(filter(None, words)) + "\n"

    def _run(self, program: Program) -> str:
        return run_to_end(program, self.home.logs, self.pause, self.home.held)

    def serve(self, product: Product, port: int) -> None:
        """Start the web server, wait until it is healthy, then start what works in the background."""
        web = self.crew.start(product.web.name, product.web.again)
        wait_until_healthy(web, port, self.pause)
        for program in product.background:
            self.crew.start(program.name, program.again)

    def look_after(self) -> None:
        """Keep everything running until somebody asks for the end."""
        while True:
            self.crew.look_after()
            self._watch_disk()
            self.pause(LOOK_AFTER_SECONDS)

    def _watch_disk(self) -> None:
        free = free_megabytes(self.home)
        if (free < FREE_MEGABYTES_LATER) == self.short_of_room:
            return
        self.short_of_room = not self.short_of_room
        if self.short_of_room:
            say(f"Only {free} MB are free on the disk of {self.home.servers}: soon nothing can be saved.")
        else:
            say(f"There is room again on the disk of {self.home.servers}.")

    def stop(self) -> None:
        """Stop in order: those who use the servers first, the servers last."""
        self.crew.stop(*[name for name in self.crew.members if name not in SERVERS])
        self.crew.stop(*SERVERS)
        (self.home.root / "environment").unlink(missing_ok=True)
        self.home.close()


def up(environ: Mapping[str, str], pause: Pause, make_product: MakeProduct = mrd_monitoring) -> None:
    """Run the product until StopRequested; raises CannotStart with the reason when it cannot."""
    port = chosen_port(environ)
    demonstration = env.read_flag("MRD_DEMONSTRATION", embedded(environ).database, environ)
    root = Path(env.read("MRD_HOME", str(PROJECT / ".mrd"), environ))
    home = open_home(root, f"http://{LOOPBACK}:{port}/", pause)
    supervisor = Supervisor(home, pause, environ, adopts_orphans=True)
    try:
        found = supervisor.start_servers()
        leave_to_other_commands(home, found)
        product = make_product(home, found, port, environ)
        supervisor.prepare(product, demonstration=demonstration)
        supervisor.serve(product, port)
        sys.stdout.write(supervisor.ready_line(port))
        sys.stdout.flush()
        supervisor.look_after()
    finally:
        supervisor.stop()


def main(make_product: MakeProduct = mrd_monitoring) -> int:
    """Run `up` with this process's environment and signals; return the exit status."""
    signals = Signals()
    guardian.become_subreaper()
    try:
        up(dict(os.environ), signals.pause, make_product)
    except StopRequested:
        say("Stopped; the data are kept.")
        return 0
    except (CannotStart, env.SettingMissing) as fault:
        say(str(fault))
    except OSError as fault:
        say(f"MRD monitoring cannot go on: {fault}. Look at the disk and at the permissions of MRD_HOME.")
    return 1
