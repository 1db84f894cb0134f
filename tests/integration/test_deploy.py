"""The files that run Bussola elsewhere: what can be held to a rule without a container engine is."""

from __future__ import annotations

import configparser
import http.server
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bussola import PLACES
from kb.settings import Settings
from kb.testing import wait_until
from kb.testing_servers import free_port

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "api/deploy" / "systemd").iterdir())
SECRET = "domandasegretissima"
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, lines joined, comments gone."""
    text = re.sub(r"(?m)^#.*\n", "", (ROOT / "Dockerfile").read_text())
    joined = re.sub(r"\\\n\s*", " ", text)
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line.strip())]


def of(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


def test_the_image_is_slim_pinned_and_runs_as_nobody_important() -> None:
    bases = [image.split()[0] for image in of("FROM")]

    assert all(re.fullmatch(r"python:3\.1[12]-slim-\w+", base) for base in bases)
    assert of("USER") == ["10001:10001"]
    words = [word for word, _ in instructions()]
    assert words.index("USER") > max(at for at, word in enumerate(words) if word == "RUN")
    assert words[-2:] == ["ENTRYPOINT", "CMD"]
    assert {"HEALTHCHECK", "EXPOSE", "VOLUME"} <= set(words)
    assert "ADD" not in words


def test_the_image_tells_the_hours_of_its_readers() -> None:
    zones = [value for line in of("ENV") for name, _, value in [line.partition("=")] if name == "TZ"]

    assert zones == ["Europe/Rome"]


def test_the_image_s_layers_keep_the_usual_rules() -> None:
    for command in of("RUN"):
        if "apt-get install" in command:
            assert "--no-install-recommends" in command
            assert "rm -rf /var/lib/apt/lists/*" in command
            assert command.index("apt-get update") < command.index("apt-get install")
        assert "sudo" not in command.split()
    assert any("TORCH_INDEX" in argument for argument in of("ARG"))
    assert any("-c constraints.txt" in command for command in of("RUN"))
    assert not re.search(r"(?i)(token|password|secret|key)\s*=", (ROOT / "Dockerfile").read_text())


def test_what_the_image_copies_is_there_and_not_ignored() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [name for rest in of("COPY") if "--from" not in rest for name in rest.split()[:-1]]

    for name in copied:
        assert (ROOT / name).exists()
        assert any(name == one or name.startswith(f"{one}/") for one in kept)
    assert {"ingest", "kb", "bot", "api", "prompts", "evals", "bussola.py"} <= set(copied)


def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return made


def test_compose_s_services_wait_for_each_other_s_health() -> None:
    services = compose()["services"]

    assert set(services) == {"db", "chroma", "prepare", "api", "bot"}
    for name, service in services.items():
        assert "healthcheck" in service, name
        for needed, how in service.get("depends_on", {}).items():
            is_once = services[needed].get("restart") == "no"
            assert how["condition"] == ("service_completed_successfully" if is_once else "service_healthy")
        assert set(service["networks"]) <= set(compose()["networks"])
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose()["volumes"]


def test_only_the_api_is_reached_from_outside_and_only_from_this_machine() -> None:
    services = compose()["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["api"]
    assert services["api"]["ports"] == ["127.0.0.1:8000:8000"]
    assert services["db"]["networks"] == services["chroma"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"] == {"internal": True}


def test_compose_holds_no_secret_and_only_settings_that_there_are() -> None:
    known = {f"BUSSOLA_{name.upper()}" for name in Settings.model_fields}
    for service in compose()["services"].values():
        for name, value in service.get("environment", {}).items():
            assert not name.startswith("BUSSOLA_") or name in known
            if re.search("PASSWORD|TOKEN|KEY|DATABASE_URL", name):
                assert "${" in value
        if service.get("image") == "bussola:latest":
            assert service["read_only"] and service["cap_drop"] == ["ALL"]
    written = [
        line for line in (ROOT / "api/deploy" / "env.example").read_text().splitlines() if not line.startswith("#")
    ]
    assert all(line.endswith("=") for line in written)


def test_chroma_s_server_is_the_version_of_its_client() -> None:
    pins = (ROOT / "constraints.txt").read_text().splitlines()

    assert f"chromadb=={compose()['services']['chroma']['image'].partition(':')[2]}" in pins


def test_every_command_that_is_started_exists() -> None:
    started = [service["command"][0] for name, service in compose()["services"].items() if name in ("api", "bot")]
    started += [re.search(r"bin/bussola (\w+)", unit.read_text())[1] for unit in SERVICES]  # type: ignore[index]

    assert set(started) == {"serve", "bot", "retention"}
    assert set(started) <= set(PLACES)
    script = (ROOT / "api/deploy" / "prepara.sh").read_text()
    assert set(re.findall(r"bussola (\w+)", script)) <= set(PLACES)
    assert os.access(ROOT / "api/deploy" / "prepara.sh", os.X_OK)


def unit_of(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_units_are_hardened_and_hold_no_secret(path: Path) -> None:
    service = unit_of(path)["Service"]

    assert service["User"] == "bussola"
    for name, value in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "PrivateDevices": "yes",
        "CapabilityBoundingSet": "",
        "StateDirectory": "bussola",
        "UMask": "0077",
    }.items():
        assert service[name] == value
    assert not re.search(r"(?i)(token|password|key)=\S", path.read_text())


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    """systemd's own check; the program's place is put where there is one, for the check alone."""
    program = shutil.which("systemd-analyze")
    assert program, "make programs"
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/bussola/bin/bussola", "/bin/true"))

    ran = subprocess.run(
        [program, "verify", "--man=no", *[str(tmp_path / path.name) for path in UNITS]],
        capture_output=True,
        text=True,
        check=False,
    )

    assert [line for line in ran.stderr.splitlines() if "bussola" in line] == []
    assert ran.returncode == 0


def self_signed(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bussola")]), datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    (folder / "fullchain.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*form))


def nginx_folder(folder: Path, **changes: str) -> list[str]:
    """The command that runs nginx with the example, whose files lie in that folder; changes by what stands there."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "make programs"
    self_signed(folder)
    example = (ROOT / "api/deploy" / "nginx" / "bussola.conf").read_text()
    for known, own in {"/etc/ssl/bussola": str(folder), "/var/log/nginx": str(folder), **changes}.items():
        assert known in example, known
        example = example.replace(known, own)
    (folder / "bussola.conf").write_text(example)
    places = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root; " if os.geteuid() == 0 else ""
    whole = (
        f"{user}daemon off; pid {folder}/pid; error_log stderr; events {{}} "
        f"http {{ access_log {folder}/usual.log; error_log {folder}/usual-error.log; {places} "
        f"include {folder}/bussola.conf; }}"
    )
    (folder / "nginx.conf").write_text(whole)
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]


def test_nginx_takes_its_example(tmp_path: Path) -> None:
    ran = subprocess.run([*nginx_folder(tmp_path), "-t"], capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stderr
    assert "warn" not in ran.stderr.replace('"user" directive', "")


class Behind(http.server.BaseHTTPRequestHandler):
    """What nginx passes on is taken whole, written down and answered."""

    taken: ClassVar[list[tuple[str, int]]] = []

    def do_GET(self) -> None:
        """Answer, after reading what was sent."""
        size = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.taken.append((self.path, size))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def behind_nginx(tmp_path: Path) -> Iterator[tuple[httpx.Client, Path]]:
    """A client of nginx at work with the example, before a server that answers and one that is not there."""
    Behind.taken.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    plain, own, nobody = (free_port() for _ in range(3))
    changes = {"listen 80;": f"listen 127.0.0.1:{plain};", "listen 443 ssl": f"listen 127.0.0.1:{own} ssl"}
    ports = {"127.0.0.1:8000": f"127.0.0.1:{server.server_port}", "127.0.0.1:8001": f"127.0.0.1:{nobody}"}
    changes["rate=10r/s"] = "rate=1r/m"  # on a slow machine too, more than may come soon have come
    nginx = subprocess.Popen(nginx_folder(tmp_path, **changes, **ports), stderr=subprocess.DEVNULL)
    address = f"https://127.0.0.1:{own}"
    try:
        with httpx.Client(base_url=address, verify=False, timeout=60) as client:
            wait_until(lambda: answers(client))
            client.get(f"http://127.0.0.1:{plain}/?q={SECRET}")
            yield client, tmp_path
    finally:
        nginx.terminate()
        nginx.wait(60)
        server.shutdown()
        server.server_close()


def answers(client: httpx.Client) -> bool:
    """Whether nginx listens yet."""
    try:
        return client.get("/healthz").status_code == 200
    except httpx.HTTPError:
        return False


def test_nginx_writes_neither_who_asked_nor_what(behind_nginx: tuple[httpx.Client, Path]) -> None:
    client, folder = behind_nginx

    statuses = {client.get("/", params={"q": f"{SECRET} {at}"}).status_code for at in range(80)}

    assert statuses == {200, 429}, "some were too many, and the log tells of those"
    wait_until(lambda: (folder / "bussola.log").read_text().count("GET / ") >= 81)
    written = "".join(path.read_text() for path in folder.glob("*.log"))
    assert SECRET not in written
    assert "127.0.0.1" not in written


@pytest.mark.parametrize("area", ["/personale", "/en/personale"])
def test_nginx_lets_documents_into_the_area_in_both_languages(
    behind_nginx: tuple[httpx.Client, Path], area: str
) -> None:
    client, _ = behind_nginx

    assert client.post(f"{area}/documenti", content=b"x" * 1_000_000).status_code in (200, 502)
    assert client.post(f"{area}/documenti", content=b"x" * 1_000_000).status_code in (200, 502)
    assert (f"{area}/documenti", 1_000_000) in Behind.taken
    assert client.post("/personaleX", content=b"x" * 1_000_000).status_code == 413


def test_nginx_s_limits_are_not_below_the_api_s() -> None:
    from api.app import MOST_BODY_BYTES
    from api.web.staff.uploads import MOST_BYTES

    example = (ROOT / "api/deploy" / "nginx" / "bussola.conf").read_text()
    small, large = re.findall(r"client_max_body_size (\d+)([km]);", example)

    assert int(small[0]) * 1024 >= MOST_BODY_BYTES
    assert int(large[0]) * 1024 * 1024 >= MOST_BYTES
