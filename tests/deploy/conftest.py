"""One newspaper for all the tests of this folder: a PostgreSQL of its own, the desk, the readers' process, nginx."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsroom.access import Role
from tests.cluster import Cluster, cluster_that_crashes

from .browsing import Session, sign_in
from .processes import manage, production, running
from .web_server import Ports, WebServer, free_ports, web_server

PASSWORD = "une-phrase-assez-longue-7"


@dataclass(frozen=True)
class Newspaper:
    """A newspaper that is open, all of it behind nginx."""

    web: WebServer
    cluster: Cluster
    environment: dict[str, str]
    folder: Path
    session: Session

    @property
    def database(self) -> str:
        """The address of its database, as a superuser."""
        return self.environment["DATABASE_URL"]

    def log_of(self, process: str) -> str:
        """What the process `desk` or `reader` wrote so far."""
        return (self.folder / f"{process}.log").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def newspaper() -> Iterator[Newspaper]:
    folder = Path(tempfile.mkdtemp(prefix="fanal-deploy-"))
    folder.chmod(0o711)
    try:
        with ExitStack() as opened:
            cluster = opened.enter_context(cluster_that_crashes())
            database = cluster.address.rpartition("/")[0] + "/postgres"
            desk = production(folder, database, process="desk")
            reader = production(folder, database, process="reader")
            ports = Ports(*free_ports(4))
            manage(desk, "migrate", "-v0")
            manage(desk, "collectstatic", "--noinput", "-v0")
            opened.enter_context(running("desk", ports.desk, desk, folder / "desk.log"))
            opened.enter_context(running("reader", ports.readers, reader, folder / "reader.log"))
            web = opened.enter_context(web_server(folder, ports))
            manage(desk, "staff", "salma", "--role", Role.PHOTO_EDITOR.value, typed=f"{PASSWORD}\n")
            yield Newspaper(web, cluster, desk, folder, sign_in(web, "salma", PASSWORD))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
