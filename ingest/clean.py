"""Text as a person wrote it: encoding told, lines and split words joined again, blanks and ligatures put right."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kb.errors import UnreadableFile

_WORD = r"[^\W\d_]+"
_BROKEN_START = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)[-‐]$")
_PIECES = re.compile(rf"{_WORD}(?:-{_WORD})*")
_LONGEST_WORD = 80  # characters looked at before a hyphen; a search over a whole paragraph would be quadratic
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_KEEPS_HYPHEN = frozenset("ultra ex non extra anti auto multi inter intra post pre semi sub infra pseudo".split())
_BAD_CONTROLS = 0.01  # share of control characters above which bytes are no text


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """How often each word of a document occurs, and each compound with its hyphens, in lowercase."""

    words: Counter[str] = field(default_factory=Counter)
    compounds: Counter[str] = field(default_factory=Counter)


def decode(content: bytes, name: str) -> tuple[str, str]:
    """
    The text of a file's bytes and the name of the encoding it was in.

    UTF-8 first, then a byte order mark, then what its letters tell (cp1252, latin-1, utf-16 …).

    Raises:
        UnreadableFile: empty, or no text in any encoding that can be told.
    """
    if not content.strip():
        raise UnreadableFile(f"«{name}» è vuoto: indica un file che contenga del testo.")
    for mark, encoding in _BOMS.items():
        if content.startswith(mark):
            return _checked(content.decode(encoding, errors="replace"), name), encoding.removesuffix("-sig")
    try:
        return _checked(content.decode("utf-8"), name), "utf-8"
    except UnicodeDecodeError:
        return _tell_encoding(content, name)


def _tell_encoding(content: bytes, name: str) -> tuple[str, str]:
    from charset_normalizer import from_bytes

    # Western European first: a shorter Italian text is also valid in many encodings of other languages.
    for encoding in ("cp1252", "latin-1") if b"\x00" not in content else ():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _looks_western(text):
            return _checked(text, name), encoding
    best = from_bytes(content).best()
    if best is None or best.encoding in ("cp037", "cp500"):
        raise UnreadableFile(f"«{name}» non è testo in una codifica riconoscibile: salvalo in UTF-8 e riprova.")
    return _checked(str(best), name), best.encoding.replace("_", "-")


def _looks_western(text: str) -> bool:
    odd = [char for char in text if ord(char) > 127]
    usual = sum(char in "àèéìòùÀÈÉÌÒÙ°«»’‘“”–—…€ç§·•ñüöäáíóúâêîôû\u00a0" for char in odd)
    return usual >= 0.8 * len(odd)


def _checked(text: str, name: str) -> str:
    controls = len(_CONTROLS.findall(text)) + text.count("\ufffd")
    if controls > _BAD_CONTROLS * len(text):
        raise UnreadableFile(f"«{name}» non è un file di testo: indica un documento (.txt, .md, .rst, .pdf, .yaml).")
    if not text.strip():
        raise UnreadableFile(f"«{name}» non contiene testo: indica un file che contenga del testo.")
    return text


def repair(text: str) -> str:
    """
    The text with encoding damage, ligatures, soft hyphens and control characters put right, in NFC.

    Line breaks become "\\n"; form feeds stay, since they separate pages.
    """
    import ftfy

    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")
    plain = ftfy.fix_encoding(plain)
    plain = _CONTROLS.sub("", _UNSEEN.sub("", plain.translate(_LIGATURES)))
    return unicodedata.normalize("NFC", plain)


def collapse(text: str) -> str:
    """The text with each run of blanks as one blank, and none at the ends."""
    return _BLANKS.sub(" ", text).strip()


def gather_words(lines: Iterable[str]) -> Vocabulary:
    """The words that stand unbroken in these lines: what a line end cut off is left out on both sides."""
    vocabulary = Vocabulary()
    broken = False
    for line in lines:
        stripped = line.strip()
        if not stripped:
            continue
        found = _PIECES.findall(stripped.casefold())
        cut = _find_broken(stripped) is not None
        whole = found[1 if broken else 0 : -1 if cut else None]
        broken = cut
        for word in whole:
            vocabulary.words.update(word.split("-"))
            if "-" in word:
                vocabulary.compounds[word] += 1
    return vocabulary


def join_lines(lines: Sequence[str], vocabulary: Vocabulary) -> str:
    """The lines as one paragraph: split words joined, compound words kept, one blank at each other line end."""
    parts: list[str] = []
    for line in lines:
        piece = collapse(line)
        if not piece:
            continue
        if parts:
            parts[-1], blank = _join_ends(parts[-1], piece, vocabulary)
            parts.append(blank + piece)
        else:
            parts.append(piece)
    return "".join(parts)


def join_pieces(left: str, right: str, vocabulary: Vocabulary) -> str:
    """Two stretches of one sentence as one stretch, without blanks at its ends."""
    if not left or not right:
        return left or right
    left, blank = _join_ends(left, right, vocabulary)
    return left + blank + right


def _join_ends(left: str, right: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The left stretch without a hyphen that only marked its end, and what stands between the two."""
    kept = keep_hyphen(left, right, vocabulary)
    if kept is not None:
        return (left if kept else left[:-1]), ""
    end = left[-2:]
    slashed = len(end) == 2 and end[0].isalpha() and end[1] == "/" and right[0].isalpha()
    return left, "" if slashed else " "


def keep_hyphen(left: str, right: str, vocabulary: Vocabulary) -> bool | None:
    """
    Whether the hyphen at the end of left belongs to the word; None when left does not end in a split word.

    The document decides first: the form that occurs elsewhere in it. Else a compound keeps its hyphen when both its
    parts are words of the document and the first is a prefix or an adjective in -o ("economico-", "ultra-");
    every other hyphen only marked the end of the line.
    """
    broken = _find_broken(left)
    begins = re.match(_WORD, right)
    if broken is None or begins is None:
        return None
    if not begins.group()[0].islower():
        return True
    return _is_compound(broken.group(1).casefold(), begins.group().casefold(), right.casefold(), vocabulary)


def _find_broken(text: str) -> re.Match[str] | None:
    return _BROKEN_START.search(text[-_LONGEST_WORD:]) if text.endswith(("-", "‐")) else None


def _is_compound(before: str, after: str, right: str, vocabulary: Vocabulary) -> bool:
    last = re.split(r"['’-]", before)[-1]
    joined = vocabulary.words[last + after]
    whole_after = _PIECES.match(right)
    compound = f"{before}-{whole_after.group() if whole_after else after}"
    hyphened = vocabulary.compounds[compound] + vocabulary.compounds[f"{last}-{after}"]
    if joined or hyphened:
        return hyphened > joined
    if not vocabulary.words[after] or len(after) < 4:
        return False
    return last in _KEEPS_HYPHEN or (len(last) >= 4 and last.endswith("o") and bool(vocabulary.words[last]))


def split_at_first_word(text: str) -> tuple[str, str]:
    """The first run of letters with what is glued to it, and the rest without blanks before it."""
    match = re.match(r"\S+", text)
    return (match.group(), text[match.end() :].lstrip()) if match else ("", text)
