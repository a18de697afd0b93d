"""A machine on which README's "In production" is carried out: its folders, ports and users are those of the tests.

What a package manager, a certificate authority and systemd would do is done by small programs that stand in for them.
Everything else is real: the virtual environment, the folders and their modes, PostgreSQL, nginx, the three processes.
"""

import grp
import os
import pwd
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.cluster import programs

from .processes import Unit
from .web_server import NAME, ROOT, TEMPORARY, Ports, WebServer, listens, program, types_of, wait_until

FOLDERS = re.compile(r"(?<![\w/}])/(?=(?:opt|etc|var/lib|var/backups|var/log)/)")
USERS = re.compile(r"(?<![\w])(-[oug] |User=|id -un\)\" = )(newsroom_reader|newsroom)\b")
ROOTS_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"  # a Python in root's own home would serve nobody else
SOCKETS = "/var/run/postgresql"
PROCESSES = ("reader", "desk", "clock")
# Users of Debian that have a group of their own name, and nothing to do meanwhile.
OTHERS = {"newsroom": "news", "newsroom_reader": "games"}
FOUND = ("etc/nginx/conf.d", "etc/systemd/system", "var/lib/nginx", "var/log/nginx", "var/backups", "opt", "stand-ins")
HEAD = "events { worker_connections 768; } http { include %s; access_log /var/log/nginx/access.log;"


def steps(readme: str, *, under: str, until: str) -> list[str]:
    """The commands of a part of the README, block by block."""
    part = readme[readme.index(under) :]
    return re.findall(r"^```sh\n(.*?)^```$", part[: part.index(until)], re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Machine:
    folder: Path
    sockets: Path
    ports: Ports
    users: dict[str, str]

    @property
    def code(self) -> Path:
        return self.folder / "opt" / "newsroom"

    def ours(self, text: str) -> str:
        """A text of the README or of deploy/, for this machine."""
        text = text.replace(quote(SOCKETS, safe=""), quote(str(self.sockets), safe=""))
        text = USERS.sub(lambda found: found[1] + self.users[found[2]], text)
        return FOLDERS.sub(f"{self.folder}/", text)

    def run(self, commands: str, typed: str = "") -> str:
        """Carry out commands as root would, each of which must succeed. They go on where the ones before have ended."""
        place = self.folder / "place"
        start = place.read_text(encoding="utf-8").strip() if place.exists() else str(self.folder)
        script = f"set -e; cd {shlex.quote(start)}\n{self.ours(commands)}\npwd > {place}\n"
        environment = {
            "PATH": f"{self.folder}/stand-ins:{programs()}:{ROOTS_PATH}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "PGHOST": str(self.sockets),
            "HOME": str(self.folder),
            **{name: value for name, value in os.environ.items() if "PIP_" in name or "proxy" in name.lower()},
        }
        done = subprocess.run(["sh", "-c", script], env=environment, input=typed, capture_output=True, text=True)
        assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
        return done.stdout

    def account(self, user: str) -> dict[str, object]:
        """The arguments of Popen that start a process as this user of the README."""
        if os.geteuid() != 0:
            return {}
        entry = pwd.getpwnam(self.users[user])
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    @contextmanager
    def started(self) -> Iterator[None]:
        """The three processes, as the installed units say."""
        with ExitStack() as opened:
            for name in PROCESSES:
                opened.enter_context(self._service(name))
            wait_until(lambda: listens(self.ports.readers) and listens(self.ports.desk))
            yield

    @contextmanager
    def _service(self, name: str) -> Iterator[None]:
        unit = Unit(name, self.folder / "etc" / "systemd" / "system")["Service"]
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        for line in [*Path(unit["EnvironmentFile"]).read_text(encoding="utf-8").splitlines(), unit["Environment"]]:
            if "=" in line and not line.startswith("#"):
                environment.update([line.split("=", 1)])
        readme_name = next(readme for readme, ours in self.users.items() if unit["User"] == ours)
        readme_name = "newsroom_reader" if name == "reader" else readme_name
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                shlex.split(unit["ExecStart"]),
                cwd=unit["WorkingDirectory"],
                env=environment,
                stdout=log,
                stderr=log,
                **self.account(readme_name),  # type: ignore[call-overload]
            )
        try:
            yield
        finally:
            process.terminate()
            process.wait()

    @contextmanager
    def web(self) -> Iterator[WebServer]:
        """nginx with the installed files, its workers under a user of their own."""
        process = subprocess.Popen([self.folder / "stand-ins" / "nginx", "-g", "daemon off;"])
        try:
            wait_until(lambda: listens(self.ports.secure) or process.poll() is not None)
            yield WebServer(self.folder, self.ports, [])
        finally:
            process.terminate()
            process.wait()


def make_machine(folder: Path, sockets: Path, ports: Ports) -> Machine:
    """A machine as Debian's packages leave it."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    machine = Machine(folder, sockets, ports, OTHERS if os.geteuid() == 0 else dict.fromkeys(OTHERS, me))
    for name in FOUND:
        (folder / name).mkdir(parents=True)
    for name in TEMPORARY:
        (folder / "var" / "lib" / "nginx" / name).mkdir()
    certificate = f"{folder}/etc/letsencrypt/live/{NAME}"
    stand_ins = {
        "apt-get": ":",
        "useradd": ":",
        "systemctl": f'echo "$@" >> {folder}/systemctl.log',
        "git": f"cp -a {folder}/release {folder}/opt/newsroom",
        "certbot": f"mkdir -p {certificate} && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} "
        f"-keyout {certificate}/privkey.pem -out {certificate}/fullchain.pem 2>/dev/null "
        f"&& cp {certificate}/fullchain.pem {folder}/certificate.pem",
        "nginx": f'exec {program()} -c {folder}/etc/nginx/nginx.conf -e {folder}/var/log/nginx/error.log "$@"',
    }
    if os.geteuid() != 0:
        stand_ins["runuser"] = 'shift 3; exec "$@"'
    for name, script in stand_ins.items():
        path = folder / "stand-ins" / name
        path.write_text(f"#!/bin/sh\nset -e\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    (folder / "etc" / "nginx" / "nginx.conf").write_text(_main_configuration(machine), encoding="utf-8")
    _release(machine)
    return machine


def _main_configuration(machine: Machine) -> str:
    """Debian's own nginx.conf, without the site that it shows at first; elsewhere a short one that says as much."""
    types = types_of(program())
    temporary = "".join(f"{name}_temp_path /var/lib/nginx/{name};\n" for name in TEMPORARY)
    debians = Path("/etc/nginx/nginx.conf")
    if debians.exists() and "conf.d/*.conf" in (text := debians.read_text(encoding="utf-8")):
        text = re.sub(r"include [^;]*(sites-enabled|modules-enabled)[^;]*;", "", text)
        text = text.replace("http {", f"http {{\n{temporary}", 1).replace("/run/nginx.pid", "/var/log/nginx/pid")
        text = text if os.geteuid() == 0 else re.sub(r"^user [^;]*;", "", text)
    else:
        text = f"pid /var/log/nginx/pid; {HEAD % 'TYPES'} {temporary} include /etc/nginx/conf.d/*.conf; }}"
    return machine.ours(text.replace("/etc/nginx/mime.types", "TYPES")).replace("TYPES", types)


def _release(machine: Machine) -> None:
    """The files of a release, with the folders, users and ports of this machine in those of deploy/."""
    every = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(every, cwd=ROOT, capture_output=True, check=True)
    release = machine.folder / "release"
    for name in filter(None, names.stdout.decode().split("\0")):
        source, target = ROOT / name, release / name
        if name.startswith(("tests/", "node_modules")) or not source.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
        target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    places = {
        "listen 80;": f"listen 127.0.0.1:{machine.ports.plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{machine.ports.secure} ssl",
        "127.0.0.1:8001": f"127.0.0.1:{machine.ports.readers}",
        "127.0.0.1:8002": f"127.0.0.1:{machine.ports.desk}",
        "--port 8001": f"--port {machine.ports.readers}",
        "--port 8002": f"--port {machine.ports.desk}",
    }
    deployed = release / "deploy"
    for path in [deployed / "nginx.conf", deployed / "as-desk", *deployed.glob("*.env"), *deployed.glob("systemd/*")]:
        text = machine.ours(path.read_text(encoding="utf-8"))
        for shipped, ours in places.items():
            text = text.replace(shipped, ours)
        path.write_text(text, encoding="utf-8")


def know_users_by_name(data: Path, machine: Machine) -> None:
    """Have PostgreSQL let in who is who they say, as Debian's does over its socket, and nobody else."""
    me = pwd.getpwuid(os.geteuid()).pw_name
    postgres = "postgres" if os.geteuid() == 0 else me
    lines = [("postgres", postgres), *machine.users.items()]
    data.joinpath("pg_ident.conf").write_text("".join(f"readme {ours} {name}\n" for name, ours in lines))
    data.joinpath("pg_hba.conf").write_text("local all all peer map=readme\n")


def groups_of(path: Path) -> str:
    return grp.getgrgid(path.stat().st_gid).gr_name
