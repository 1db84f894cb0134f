"""What the codes of a PDF font say: characters, widths and weight; pypdf reads the font itself."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

UNKNOWN = "\ufffd"
"""Stands for a glyph whose character the file does not tell."""

_BOLD = re.compile(r"bold|black|heavy|demi|semibold|-bd|,bd", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique", re.IGNORECASE)
_SYMBOLS = re.compile(r"symbol|wingdings|dingbats|webdings", re.IGNORECASE)
_PRIVATE_BULLETS = frozenset(range(0xF06C, 0xF080)) | {0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0E0, 0xF0FC, 0xE00C}
_WIN_BULLETS = frozenset((127, 129, 141, 143, 144, 157))
"""Codes that WinAnsiEncoding leaves unused: each shows a bullet (ISO 32000-2, annex D.2, note 3)."""
_FORCE_BOLD = 1 << 18  # font descriptor flag, ISO 32000-2 table 121


@dataclass(frozen=True, slots=True)
class Glyph:
    """One shown code: its text ("" for a glyph that adds none) and its advance in ems."""

    text: str
    advance: float
    is_word_space: bool = False  # a single-byte code 32, to which word spacing (Tw) applies


@dataclass(slots=True)
class ReadingFont:
    """A font ready to turn shown bytes into glyphs; each code is worked out once."""

    name: str
    bold: bool
    italic: bool
    _font: Any
    _scale: float = 0.001
    _composite: bool = False
    _blind: bool = False  # two-byte codes that mean nothing without a ToUnicode map
    _win: bool = False
    _known: dict[int, Glyph] = field(default_factory=dict)

    def glyphs(self, shown: bytes) -> list[Glyph]:
        """The glyphs of a shown string, in order."""
        if self._composite and not isinstance(self._font.encoding, dict):
            codes = _two_byte_codes(shown, self._font.encoding)
        else:
            codes = list(shown)
        return [self._known.get(code) or self._learn(code) for code in codes]

    def _learn(self, code: int) -> Glyph:
        raw = chr(code) if not 0xD800 <= code <= 0xDFFF else UNKNOWN
        encoded = self._encoded(code, raw)
        text = self._font.character_map.get(encoded)
        if text is None:
            text = "•" if self._win and code in _WIN_BULLETS else UNKNOWN if self._blind else encoded
        widths = self._font.character_widths
        width = widths.get(raw, widths.get("default", 500))
        if raw == self._font.space_char and not widths.get(raw):
            width = self._font.space_width
        is_space = code == 32 and not self._composite
        glyph = Glyph(_readable(str(text), self.name), float(width) * self._scale, is_space)
        self._known[code] = glyph
        return glyph

    def _encoded(self, code: int, raw: str) -> str:
        if isinstance(self._font.encoding, dict):
            found = self._font.encoding.get(code, raw)
            return str(found)
        return raw


def _two_byte_codes(shown: bytes, encoding: str) -> list[int]:
    if encoding.startswith("utf-16"):
        even = shown if len(shown) % 2 == 0 else shown + b"\0"
        return [(even[i] << 8) | even[i + 1] for i in range(0, len(even), 2)]
    return [ord(char) for char in shown.decode(encoding, "replace")]


def _readable(text: str, font_name: str) -> str:
    """The text of a glyph with private codes turned into what they show, or into UNKNOWN."""
    if len(text) > 1 and text.startswith("/"):  # a glyph name that stands in no list ("/g12")
        return UNKNOWN
    return "".join(_public(char, font_name) for char in text)


def _public(char: str, font_name: str) -> str:
    code = ord(char)
    if char in "\t\n\r\x0b\x0c":
        return " "
    if not (0xE000 <= code <= 0xF8FF or code >= 0xF0000):
        return UNKNOWN if unicodedata.category(char) in ("Cc", "Cn", "Cs") else char
    if code in _PRIVATE_BULLETS or _SYMBOLS.search(font_name):
        return "•"
    # Old symbol-encoded text fonts keep the character in the low byte of U+F0xx.
    if 0xF020 < code <= 0xF07E:
        return chr(code - 0xF000)
    return UNKNOWN


def read_font(resource: Any) -> ReadingFont:
    """
    The reading side of a font resource dictionary.

    A font that pypdf can't read yields glyphs of unknown text rather than an error.
    """
    from pypdf.generic._font import Font

    try:
        font = Font.from_font_resource(resource)
    except MemoryError:
        raise
    except Exception:
        return _unknown_font()
    composite = resource.get("/Subtype") == "/Type0"
    named = resource.get("/Encoding")
    identity = not isinstance(named, str) or "Identity" in named
    return ReadingFont(
        name=font.name,
        bold=_is_bold(font),
        italic=bool(_ITALIC.search(font.name)),
        _font=font,
        _scale=_glyph_scale(resource),
        _composite=composite,
        _blind=(composite and identity) or not font.interpretable,
        _win=not composite and _base_encoding(named) == "/WinAnsiEncoding",
    )


def _base_encoding(named: Any) -> Any:
    return named if isinstance(named, str) or not hasattr(named, "get") else named.get("/BaseEncoding")


def _is_bold(font: Any) -> bool:
    weight = font.font_descriptor.weight
    heavy = isinstance(weight, (int, float)) and weight >= 600
    flags = font.font_descriptor.flags
    return bool(_BOLD.search(font.name)) or heavy or bool(isinstance(flags, int) and flags & _FORCE_BOLD)


def _glyph_scale(resource: Any) -> float:
    """Ems a width unit: 1/1000, but for Type 3 fonts what their own matrix says."""
    if resource.get("/Subtype") == "/Type3":
        try:
            return abs(float(resource["/FontMatrix"][0])) or 0.001
        except (KeyError, TypeError, ValueError, IndexError):
            return 0.001
    return 0.001


@dataclass(frozen=True, slots=True)
class _NoFont:
    encoding: dict[int, str]
    character_map: dict[Any, Any]
    character_widths: dict[str, float]
    space_char: str = " "
    space_width: float = 250.0


def _unknown_font() -> ReadingFont:
    blank = _NoFont(dict.fromkeys(range(256), UNKNOWN), {}, {"default": 500.0})
    return ReadingFont(name="?", bold=False, italic=False, _font=blank, _blind=True)
