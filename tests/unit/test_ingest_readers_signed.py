"""Signed envelopes as openssl and signature programs make them; the document inside is what counts."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509.oid import NameOID

from ingest.intake import Order, gather
from ingest.readers.document import read_document
from ingest.readers.signed import NOT_VERIFIED, inner_path, open_envelope
from ingest.readers.table import is_supported, read_file
from kb.errors import UnreadableFile
from kb.releases.store import ReleaseStore
from kb.testing import fake_parts

TEXT = b"# Il piano\n\nI Comuni sono 71.\n"


@pytest.fixture(scope="module")
def signer() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "prova")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    now = datetime.now(UTC)
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()), key


Signer = tuple[x509.Certificate, ec.EllipticCurvePrivateKey]


def sign(content: bytes, signer: Signer, *, detached: bool = False) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(signer[0], signer[1], hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary] + ([pkcs7.PKCS7Options.DetachedSignature] if detached else [])
    return builder.sign(Encoding.DER, options)


def stream(der: bytes, content: bytes) -> bytes:
    """The envelope in BER as streaming programs write it: no lengths ahead, the content in two pieces."""
    from asn1crypto import cms

    info = cms.ContentInfo.load(der)
    signed = info["content"]
    half = len(content) // 2
    pieces = b"".join(b"\x04" + bytes([len(part)]) + part for part in (content[:half], content[half:]))
    data = signed["encap_content_info"]["content_type"].dump() + b"\xa0\x80\x24\x80" + pieces + b"\0\0\0\0"
    rest = [signed["version"].dump(), signed["digest_algorithms"].dump(), b"\x30\x80" + data + b"\0\0"]
    rest += [signed["certificates"].dump(), signed["signer_infos"].dump()]
    return b"\x30\x80" + info["content_type"].dump() + b"\xa0\x80\x30\x80" + b"".join(rest) + b"\0\0\0\0\0\0"


def test_every_form_of_envelope_is_opened(signer: Signer) -> None:
    der = sign(TEXT, signer)
    lines = base64.encodebytes(der)
    armoured = b"-----BEGIN PKCS7-----\n" + lines + b"-----END PKCS7-----\n"

    for content in (der, stream(der, TEXT), base64.b64encode(der), lines, armoured, sign(der, signer)):
        assert open_envelope(content, "a.p7m") == TEXT


def test_the_document_inside_is_read_by_its_own_reader(tmp_path: Path, signer: Signer) -> None:
    file = tmp_path / "piano.md.p7m"
    file.write_bytes(sign(TEXT, signer))
    reading = read_document(file)

    assert reading.title == "Il piano"
    assert reading.notes == (NOT_VERIFIED,)
    assert reading.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert read_file(file).pages == reading.pages


def test_the_signed_and_the_plain_file_are_one_document(tmp_path: Path, signer: Signer) -> None:
    (tmp_path / "piano.md").write_bytes(TEXT)
    (tmp_path / "firmato.md.p7m").write_bytes(sign(TEXT, signer))
    store = ReleaseStore(tmp_path / "home", parts=fake_parts)
    gathered = gather(Order((tmp_path / "firmato.md.p7m", tmp_path / "piano.md"), fresh=True), store)

    assert list(gathered.taken) == ["firmato"]
    assert gathered.duplicates == [("piano.md", "firmato")]


def test_names() -> None:
    assert inner_path(Path("x/norme.pdf.p7m.P7M")) == Path("x/norme.pdf")
    assert is_supported(Path("norme.pdf.p7m"))
    assert not is_supported(Path("foto.jpg.p7m"))
    assert is_supported(Path("norme.p7m")) and is_supported(Path("delibera n.5.p7m"))


def test_a_name_without_a_suffix_is_read_by_how_the_document_begins(tmp_path: Path, signer: Signer) -> None:
    (tmp_path / "delibera n.5.p7m").write_bytes(sign(b"<html><p>I Comuni sono 71.</p></html>", signer))
    assert read_document(tmp_path / "delibera n.5.p7m").pages[0].text == "I Comuni sono 71."

    (tmp_path / "norme.p7m").write_bytes(sign(b"\x01\x02", signer))
    with pytest.raises(UnreadableFile, match="norme"):
        read_document(tmp_path / "norme.p7m")


@pytest.mark.parametrize("kind", ["text", "cut", "detached", "deep", "empty"])
def test_a_bad_envelope_is_one_line(tmp_path: Path, signer: Signer, kind: str) -> None:
    der = sign(TEXT, signer)
    deep = TEXT
    for _turn in range(7):
        deep = sign(deep, signer)
    content = {"text": TEXT, "cut": der[:90], "detached": sign(TEXT, signer, detached=True), "deep": deep, "empty": b""}
    (tmp_path / "a.md.p7m").write_bytes(content[kind])

    with pytest.raises(UnreadableFile, match=r"a\.md\.p7m") as caught:
        read_document(tmp_path / "a.md.p7m")
    assert "\n" not in str(caught.value)
