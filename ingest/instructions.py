"""Instructions addressed to a model inside a document, in Italian and English, however they are disguised."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache

_LOOKALIKES = str.maketrans("аеорсухіѕјԁɡһӏνοαερτικυ", "aeopcyxisjdghlvoaeptiku")
_SHAPELESS = re.compile(r"[\u00ad\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_BEYOND = re.compile("[\U000e0000-\U000e01ef]")  # tags and variation selectors

_IGNORE = (
    "(?:ignor(?:a|are|ate|i|e|ing|ez|iere?)|dimentic(?:a|are|ate|hi)|scord(?:a|are|ate|ati)|disregard|forget|override|"
    "trascura|non (?:seguire|considerare|rispettare|tenere? conto)|(?:do not|don t) (?:follow|obey)|bypass(?:a|are)?)"
)
_RULES = (
    "(?:istruzion[ei]|instructions?|instruccion(?:es)?|anweisung(?:en)?|prompts?|regole|rules|guidelines|"
    "indicazioni|direttive|directives?|vincoli|contesto|context|testo|text|contenuto|content|messaggi|messages)"
)
_EARLIER = (
    "(?:precedent[ei]s?|previous(?:ly)?|prior|above|earlier|anterior(?:es)?|vorherigen?|iniziali|original[ei]?|"
    "sopra|di sistema|del sistema|system|ricevut[ei]|tu[eo]i?|your|sviluppator[ei]|developers?|finora)"
)
_MODEL = (
    "(?:modell[oi] (?:linguistic[oi]|di linguaggio|generativ[oi]|di intelligenza artificiale)|language models?|llms?|"
    "large language models?|chatbot|assistent[ei] (?:virtual[ei]|ai|ia|digital[ei])|ai (?:assistants?|models?|agents?)|"
    "agent[ei] ai|sistem[ai] rag|intelligenza artificiale|artificial intelligence)"
)

_PHRASES = (
    f"{_IGNORE} ~{_RULES} ~{_EARLIER}",
    f"{_IGNORE} ~{_EARLIER} ~{_RULES}",
    f"{_IGNORE} (?:(?:tutto )?(?:cio che|quello che|quanto|il testo)|everything|anything|what) "
    "~(?:precede|sopra|prima|above|before|detto|said|scritto)",
    "(?:se sei|if you are|if you re|you are now|sei ora|ora sei|act as|pretend to be|fingi di essere|comportati come|"
    f"as an?) ~{_MODEL} ~(?:devi|must|should|rispondi|answer|respond|reply|say|scrivi|write|ignora|ignore|con|senza|"
    "che|that|without|reading|who|you)",
    f"(?:se sei|if you are|if you re|you are now|sei ora) (?:an? |un[oa]? |l |il )?{_MODEL}",
    f"(?:nota|avviso|messaggio|istruzion[ei]|attenzione|ordine|note|message|instructions?|attention|order) "
    f"(?:per|a|to|for) (?:qualsiasi |ogni |any |all |the |gli |il |l |i )?{_MODEL} (?:che (?:legge|leggono|elabora)|"
    "reading|processing|devi|must|rispondi|ignora|ignore)",
    "(?:you are|act as) (?:an? )?(?:helpful |useful |ai )*(?:assistant|chatbot)",
    "(?:sei|fingi di essere|comportati come) (?:un )?(?:assistente (?:virtuale|ai|ia|digitale|utile)|chatbot)",
    "(?:when|while|if) ~(?:summari[sz](?:e|ing)|answer(?:ing)?|process(?:ing)?|cit(?:e|ing)|quot(?:e|ing)) "
    "~(?:this|the) (?:document|text|page|passage|file) ~(?:you must|always|say|state|write|include|answer|add|mention)",
    "(?:quando|se|nel|prima di) (?:riassum|elabor|analizz|cit)(?:i|a|are|ere) (?:quest[oa]|il presente|il|la) "
    "(?:documento|testo|brano|pagina|file) ~(?:devi|afferma|scrivi|includi|rispondi|aggiungi|di che)",
    "(?:rivela|mostra|stampa|ripeti|reveal|show|print|repeat|leak|output) ~(?:prompt di sistema|system prompt|"
    "istruzioni di sistema|system instructions|tue istruzioni|your instructions)",
    "(?:nuove|new|updated) (?:istruzioni|instructions) (?:di sistema|per (?:l assistente|il modello|l ia)|"
    "from (?:the )?(?:system|developer)|for (?:the )?(?:assistant|model|ai))",
    "(?:d ora in poi|da ora in poi|da questo momento|from now on|from this moment) ~(?:rispondi|devi rispondere|"
    "dovrai rispondere|you (?:must|will|are|should)|answer|respond|reply|sei)",
    "(?:rispondi|you must (?:answer|respond|reply|say)|always (?:answer|respond|reply)|(?:answer|respond|reply) only) "
    "(?:sempre|solo|soltanto|esclusivamente|invece|che|con|with|that|by saying|a (?:tutte|ogni|qualsiasi))",
    "(?:rispondi|di|dici|tell|inform) (?:all utente|agli utenti|the users?) (?:che|that|to)",
    "(?:non (?:rivelare|menzionare|dire|citare|mostrare)|(?:do not|don t|never) (?:reveal|mention|tell|disclose)) "
    "~(?:queste istruzioni|this instruction|these instructions|all utente|agli utenti|the users?|prompt)",
    "(?:quando|se|when|if) ~(?:l utente|un utente|qualcuno ti|ti|the user|someone) (?:chiede|chiedono|viene chiesto|"
    "domanda|asks?) ~(?:rispondi|devi|dovrai|answer|respond|reply|say|you must|always)",
)
_GAP_WORDS, _GAP_LETTERS = r"(?:\w+ ){0,4}?", r"\w{0,24}?"
_DISGUISED = _PHRASES[:2]  # also sought letter by letter: "i g n o r a  l e  i s t r u z i o n i …"
_MARKERS = re.compile(
    r"<\|\s*(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id)\s*\|>|\[/?INST\]|<</?SYS>>|"
    r"</?(?:system|assistant)(?:_prompt)?>|#{2,}\s*(?:system|instruction|istruzion[ei])s?\s*:|"
    r"(?:^|\n)\s*(?:system|assistant)\s*:\s*\S|BEGIN (?:SYSTEM )?PROMPT",
    re.IGNORECASE,
)


@cache
def _by_words() -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{phrase.replace('~', _GAP_WORDS)})\b" for phrase in _PHRASES))


@cache
def _by_letters() -> re.Pattern[str]:
    return re.compile("|".join(phrase.replace(" ", "").replace("~", _GAP_LETTERS) for phrase in _DISGUISED))


def find_instructions(texts: Sequence[str]) -> set[int]:
    """
    The places of the texts that hold an instruction to a model, or a part of one.

    The texts are read as one: an instruction may begin in one and end in the next. Accents, capitals, punctuation,
    invisible characters, letters of other alphabets and blanks between letters hide nothing.
    """
    plain = [_plain(text) for text in texts]
    found = {place for place, text in enumerate(texts) if _MARKERS.search(text)}
    found.update(_places(_by_words(), plain, " "))
    found.update(_places(_by_letters(), [text.replace(" ", "") for text in plain], ""))
    return found


def holds_instruction(text: str) -> bool:
    """True when the text holds an instruction to a model."""
    return bool(find_instructions([text]))


def _plain(text: str) -> str:
    """The text in small letters without accents, words apart by one blank."""
    letters = unicodedata.normalize("NFKD", _BEYOND.sub("", text)).casefold()
    letters = _SHAPELESS.sub("", letters).translate(_LOOKALIKES)
    return re.sub(r"[\W_]+", " ", letters).strip()


def _places(pattern: re.Pattern[str], texts: Sequence[str], joint: str) -> Iterator[int]:
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text) + len(joint)
    for match in pattern.finditer(joint.join(texts)):
        first, last = (bisect_right(starts, at) - 1 for at in (match.start(), match.end() - 1))
        yield from range(first, last + 1)
