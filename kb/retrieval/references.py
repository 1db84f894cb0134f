"""References as people write them in a question: Drivers, missions, articles, laws, years, editions."""

from __future__ import annotations

import re

_UNITS = ("uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci")
_ORDINALS = ("primo", "secondo", "terzo", "quarto", "quinto", "sesto", "settimo", "ottavo", "nono", "decimo")
_ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ENGLISH_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x")

_CARDINAL_VALUES = {word: value for words in (_UNITS, _ENGLISH, _ROMAN) for value, word in enumerate(words, start=1)}
_ORDINAL_VALUES = {
    form: value
    for words in (_ORDINALS, _ENGLISH_ORDINALS)
    for value, word in enumerate(words, start=1)
    for form in (word, re.sub("o$", "a", word))
}
_CARDINAL = r"(\d{1,2}|" + "|".join(sorted(_CARDINAL_VALUES, key=len, reverse=True)) + r")"
_ORDINAL = r"(" + "|".join(_ORDINAL_VALUES) + r"|\d{1,2}\s?[°ºªa-o]?)"
_NUMBER_SIGN = r"(?:\s+(?:numero|number|nr?)\b\.?|\s*n[.°º]|\s*#)?"

# A Roman numeral stands apart: the "i" of "missioni" is none.
_GAP = r"(?:\s+|(?=\d))"

_FROM_TO = r"\s*(?:-|al(?:l')?|a|to|fino al?(?:l')?)\s*"
_DRIVERS = re.compile(
    rf"(?P<one>\b(?:il|del|al|dal|nel|sul|col|quel|questo)\s+)?"
    rf"\bdrivers?{_NUMBER_SIGN}{_GAP}(?:da(?:l(?:l')?)?\s*|from\s+)?{_CARDINAL}\b"
    rf"(?:(?:\s*(?:,|e|ed|o|and|or)\s*|{_FROM_TO}){_CARDINAL}\b)*"
)
_DRIVER_RANGE = re.compile(rf"(?<![a-z0-9]){_CARDINAL}{_FROM_TO}{_CARDINAL}\b")
_AND_THE_OTHER = re.compile(
    rf"\bdriver\s+{_CARDINAL}\s+(?:e|ed|o)\s+(?:il|del|al|dal|nel|quello)\s+{_CARDINAL}\s*(?=$|[?.,;:!)])"
)
_FIRST_DRIVERS = re.compile(rf"\b(?:i\s+primi|first)\s+{_CARDINAL}\s+drivers?\b")
_ORDINAL_DRIVER = re.compile(rf"\b{_ORDINAL}\s+driver\b")
_MISSIONS = re.compile(rf"\bmission[ei]?s?{_NUMBER_SIGN}{_GAP}{_CARDINAL}\b")
_SHORT_MISSION = re.compile(r"\bm\s?([1-6])(?:\s?c\s?\d)?\b")
# "M3" is also a metro line: it is one wherever the question speaks of riding it.
_METRO = re.compile(
    r"\b(line[ae]|fermat\w+|capoline\w+|treni?|stazion\w+|orari\w*|pass[ai]n?o?|bigliett\w+|cors[ae]|"
    r"prolungament\w+|tratt[ae]|metro(?:politane)?|subway|underground|train|stop)\b|\bmetropolitana\s+m\s?[1-6]\b"
)
_LATIN = r"(?:[\s-]*(?:bis|ter|quater|quinquies|sexies|septies|octies|novies|decies))?"
_ARTICLES = re.compile(
    rf"\bart(?:icol[oi]|icles?|t)?\b\.?\s*(?:nn?\.?\s*)?(\d+{_LATIN}\b(?:\s*(?:,|e|ed|o|and|or)\s*\d+{_LATIN}\b(?![/.]\d))*)"
)
_ARTICLE = re.compile(r"(\d+)(?:[\s-]*([a-z]{3,}))?")
_COMMAS = re.compile(r"\b(?:comm[ai]|co\.|c\.|paragraph)\s*(\d+)(?:[\s-]*(bis|ter|quater|quinquies))?\b")
_LAW_WORD = (
    r"(?:legge|l|l\.?\s?r|lr|d\.?\s?lgs|d\.?\s?l|dl|decreto|d\.?\s?m|dm|d\.?\s?p\.?\s?r|dpr|d\.?\s?p\.?\s?c\.?\s?m|dpcm|"
    r"d\.?\s?g\.?\s?r|dgr|d\.?\s?c\.?\s?r|dcr|delibera\w*|regolamento|direttiva|law|act|decree)"
)
_DATE = r"(?:\d{1,2}[°º]?\s+[a-z]+\s+)?"
_LAWS = re.compile(
    rf"\b{_LAW_WORD}\b[^?!;:]{{0,60}}?\b(\d{{1,5}})\s*(?:/|\s+del(?:l'|\s+)(?:anno\s+)?{_DATE})(\d{{4}}|\d{{2}})\b"
)
# "decreto legislativo 22 gennaio 2004, n. 42"
_DATED_LAWS = re.compile(
    rf"\b{_LAW_WORD}\b[^?!;:\d]{{0,40}}\d{{1,2}}[°º]?\s+[a-z]+\s+(\d{{4}})\s*,?\s*nr?\.?\s*(\d{{1,5}})\b"
)
_LAW_BARE = re.compile(r"\b(\d{1,4})/((?:19|20)\d{2})\b")
_EDITIONS = re.compile(r"\b((?:19|20)\d{2})\s*[-–/]\s*((?:19|20)?\d{2})\b")
# A year tells an edition only beside a word for one: "entro giugno 2021" is a term that any edition may set.
_EDITION_YEARS = re.compile(
    r"\b(?:piano|edizion[ei]|version[ei]|programma|aggiornamento|documento|plan|edition|version)\s+"
    r"(?:\w+\s+){0,2}?(?:(?:del|dell'|per il|of)\s*)?(?:anno\s+)?((?:19|20)\d{2})\b(?!\s*[-/]\s*\d)"
)
_YEARS = re.compile(r"\b((?:19|20)\d{2})\b")


def read_drivers(folded: str) -> tuple[int, ...]:
    """Numbers of the Drivers named, by digit, word, ordinal or Roman numeral, one by one or from - to, ascending."""
    found = {value for match in _ORDINAL_DRIVER.finditer(folded) if (value := _value(match[1], _ORDINAL_VALUES))}
    for match in _FIRST_DRIVERS.finditer(folded):
        found |= set(range(1, (_value(match[1], _CARDINAL_VALUES) or 0) + 1))
    for match in _AND_THE_OTHER.finditer(folded):
        found |= {number for word in match.groups() if (number := _value(word, _CARDINAL_VALUES))}
    for match in _DRIVERS.finditer(folded):
        found |= _listed(match)
    return tuple(sorted(found))


def _listed(match: re.Match[str]) -> set[int]:
    """The numbers of one mention; after "il Driver 3" what follows is another thing ("il Driver 3 e 12 Comuni")."""
    words = re.findall(rf"(?<![a-z0-9]){_CARDINAL}\b", match[0])
    first, *others = words[:1] if match["one"] else words
    numbers = {_value(first, _CARDINAL_VALUES), *(_value(word, _CARDINAL_VALUES) for word in others if word != "i")}
    ends = () if match["one"] else _DRIVER_RANGE.finditer(match[0])
    return {number for number in numbers if number} | {n for pair in ends for n in _between(pair[1], pair[2])}


def _between(first: str, last: str) -> range:
    """The numbers from one to another, both included; none where they are in no order or far apart."""
    low, high = _value(first, _CARDINAL_VALUES) or 0, _value(last, _CARDINAL_VALUES) or 0
    return range(low, high + 1) if 0 < low < high <= low + 20 else range(0)


def read_missions(folded: str) -> tuple[str, ...]:
    """PNRR missions named ("M3", "missione 3"), ascending; the metro line M3 is not one."""
    found = {_value(match[1], _CARDINAL_VALUES) for match in _MISSIONS.finditer(folded)}
    if "pnrr" in folded or not _METRO.search(folded):
        found |= {int(match[1]) for match in _SHORT_MISSION.finditer(folded)}
    return tuple(f"M{number}" for number in sorted(number for number in found if number and number <= 6))


def read_articles(folded: str) -> tuple[str, ...]:
    """Articles named ("5", "5-bis"), in the order of the question."""
    lists = " , ".join(re.sub(r"\b(?:e|ed|o|and|or)\b", ",", match[1]) for match in _ARTICLES.finditer(folded))
    return _numbered(_ARTICLE, lists)


def read_commas(folded: str) -> tuple[str, ...]:
    """Commas named, in the order of the question."""
    return _numbered(_COMMAS, folded)


def read_laws(folded: str) -> tuple[str, ...]:
    """Laws and decrees named, as number/year ("29/2022"), in the order of the question."""
    found = [f"{int(match[1])}/{_full_year(match[2])}" for match in _LAWS.finditer(folded)]
    found += [f"{int(match[2])}/{match[1]}" for match in _DATED_LAWS.finditer(folded)]
    found += [f"{int(match[1])}/{match[2]}" for match in _LAW_BARE.finditer(folded)]
    return tuple(dict.fromkeys(found))


def read_editions(folded: str) -> tuple[str, ...]:
    """Spans of years that name an edition ("2019-2021"), in the order of the question."""
    found: list[str] = []
    for match in _EDITIONS.finditer(folded):
        end = match[2] if len(match[2]) == 4 else match[1][:2] + match[2]
        if 0 < int(end) - int(match[1]) <= 30:
            found.append(f"{match[1]}-{end}")
    return tuple(dict.fromkeys(found))


def read_edition_years(folded: str) -> tuple[int, ...]:
    """Years that name an edition ("il Piano del 2020", "edizione 2020"), ascending."""
    return tuple(sorted({int(match[1]) for match in _EDITION_YEARS.finditer(folded)}))


def read_years(folded: str) -> tuple[int, ...]:
    """Single years named, ascending; those of an edition or of a law are left out."""
    rest = _LAW_BARE.sub(" ", _EDITIONS.sub(" ", folded))
    rest = _DATED_LAWS.sub(" ", _LAWS.sub(" ", rest))
    return tuple(sorted({int(match[1]) for match in _YEARS.finditer(rest)}))


def _numbered(pattern: re.Pattern[str], folded: str) -> tuple[str, ...]:
    found = [match[1] + (f"-{match[2]}" if match[2] else "") for match in pattern.finditer(folded)]
    return tuple(dict.fromkeys(found))


def _value(word: str, names: dict[str, int]) -> int | None:
    digits = re.match(r"\d+", word)
    return int(digits[0]) if digits else names.get(word)


def _full_year(text: str) -> str:
    if len(text) == 4:
        return text
    return ("19" if int(text) > 40 else "20") + text
