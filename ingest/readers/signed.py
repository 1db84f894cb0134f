"""Signed envelopes (.p7m): the document inside, DER, BER or base64; the signature itself is not verified."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path

from kb.errors import UnreadableFile

SUFFIX = ".p7m"
NOT_VERIFIED = "busta firmata (.p7m): letto il documento che contiene; la firma non è stata verificata"
_DEEPEST = 5  # envelopes inside each other: a document signed by several persons in turn
_ARMOUR = re.compile(rb"-----[A-Z0-9 ]+-----")
_SEQUENCE = 0x30
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")  # the identifier of signed data, RFC 5652


def inner_path(path: Path) -> Path:
    """The path without the suffixes of its envelopes: "norme.pdf.p7m" holds "norme.pdf"."""
    while path.suffix.lower() == SUFFIX:
        path = path.with_suffix("")
    return path


def names_its_format(inner: Path) -> bool:
    """True when the name of what is inside ends in a suffix ("norme.pdf"), not in nothing or in a number ("n.5")."""
    return re.fullmatch(r"\.[a-z][a-z0-9]{1,8}", inner.suffix.lower()) is not None


def tell_suffix(content: bytes) -> str:
    """The suffix that a nameless document should have, by how it begins; "" when that tells nothing."""
    if b"%PDF-" in content[:1024]:
        return ".pdf"
    if content.startswith(b"PK\x03\x04"):
        return ".odt" if b"opendocument" in content[:200] else ".docx"
    return ".html" if content.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")) else ""


def open_envelope(content: bytes, name: str) -> bytes:
    """
    The bytes that were signed, whatever the number of envelopes around them.

    Raises:
        UnreadableFile: no signed envelope, a damaged one, or one that holds a signature alone.
    """
    for _depth in range(_DEEPEST):
        content = _open_one(_decode(content), name)
        if not _is_envelope(content):
            return content
    raise UnreadableFile(f"«{name}» contiene più di {_DEEPEST} buste firmate una dentro l'altra: estrai il documento.")


def _decode(content: bytes) -> bytes:
    """The envelope's bytes, out of base64 where they are in it."""
    if content[:1] == bytes([_SEQUENCE]) and not _looks_base64(content):
        return content
    try:
        return base64.b64decode(b"".join(_ARMOUR.sub(b"", content).split()), validate=True)
    except binascii.Error:
        return content


def _looks_base64(content: bytes) -> bool:
    return re.fullmatch(rb"[A-Za-z0-9+/=\s]+", content[:200]) is not None


def _is_envelope(content: bytes) -> bool:
    """True when these bytes are again signed data (its identifier stands within the first bytes)."""
    return content[:1] == bytes([_SEQUENCE]) and _SIGNED_DATA in content[:40]


def _open_one(content: bytes, name: str) -> bytes:
    from asn1crypto import cms

    try:
        envelope = cms.ContentInfo.load(content)
        if envelope["content_type"].native != "signed_data":
            raise UnreadableFile(f"«{name}» non è una busta firmata (.p7m), o è cifrata: estrai il documento.")
        inside = envelope["content"]["encap_content_info"]["content"].native
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableFile(f"«{name}» non è una busta firmata (.p7m), o è danneggiata: chiedine un'altra.") from error
    if not isinstance(inside, bytes) or not inside:
        raise UnreadableFile(f"«{name}» contiene la firma ma non il documento: indica il documento firmato.")
    return inside
