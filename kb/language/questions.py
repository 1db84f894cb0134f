"""What a question asks for: its language, the kind of answer it expects, and the words that carry its subject."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kb.language.figures import Figure, find_figures
from kb.language.words import STOP_WORDS, fold, stem, tokenize


class Expectation(StrEnum):
    """The kind of answer; the typed ones can't be met by a sentence that lacks that type."""

    COUNT = "count"
    AMOUNT = "amount"
    PERCENT = "percent"
    TIME = "time"
    CLOCK = "clock"
    LAW = "law"
    MISSION = "mission"
    PERSON = "person"
    ACTOR = "actor"
    DEFINITION = "definition"
    YES_NO = "yes_no"
    LIST = "list"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read."""

    text: str
    language: str  # "it" or "en"
    expects: Expectation
    focus: tuple[str, ...]  # stems that carry the subject, in order, each once
    counted: str | None  # stem of the thing counted: "comun" in "quanti Comuni"
    figures: tuple[Figure, ...]


_MONEY = r"(?:soldi|euro|fondi|risorse economiche|finanziament\w+|denaro|money|funding)"
_ROLE = (
    r"(?:sindac[oa]|assessor[ei]|assessora|direttor[ei]|direttrice|president[ei]|consiglier[ei]|consigliera|responsabil[ei]"
    r"|dirigent[ei]|segretari[oa]|commissari[oa]|capo|autor[ei]|amministrator[ei]|mayor|president|director|head)"
)
# First match wins: the narrow kinds stand before the wide ones.
_EXPECTATIONS: tuple[tuple[Expectation, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (Expectation.CLOCK, r"\ba che or[ae]\b|\bche ore\b|\borari[o]?\b|\bwhat time\b"),
        (
            Expectation.AMOUNT,
            rf"\bquant[oi] (?:cost|vale|spend|si spend|stanzia|e stanziat|e finanziat|invest)\w*|\bquant[eio] {_MONEY}\b"
            r"|\b(?:qual e|quale e|a quanto ammonta|quali sono|quanto e)\b.{0,30}\b(?:cost[oi]|budget|spes[ae]|importo|stanziament\w+|bilancio)\b"
            r"|\bhow much (?:does|will|did|money|is)\b.{0,40}(?:cost|spen|budget|money)?|\bwhat is the (?:cost|budget)\b",
        ),
        (Expectation.PERCENT, r"\bpercentual[ei]\b|\bper cento\b.*\?|\bpercentage\b|\bche quota\b"),
        (
            Expectation.COUNT,
            r"\bquant[ie]\b|\bquanta\b|\bhow many\b|\b(?:qual e|quale e) il numero\b|\bche numero\b|\bwhat number of\b|\bnumber of\b",
        ),
        (
            Expectation.TIME,
            r"\bquando\b|\b(?:in|da|dal|di|entro|per|a partire da) (?:che|quale|quali) (?:anno|anni|data|mese|periodo|giorno)\b"
            r"|\bche anno\b|\bwhen\b|\b(?:what|which) year\b|\bentro quanto\b|\bscadenz[ae]\b|\bda quanto tempo\b",
        ),
        (
            Expectation.LAW,
            r"\b(?:quale|quali|che|what|which)\s+(?:\w+\s+)?(?:legge|leggi|decreto|decreti|norma|norme|normativa|regolamento|direttiva|law|laws|decree|act)\b",
        ),
        (Expectation.MISSION, r"\b(?:quale|quali|che|a che|which|what) (?:\w+ )?mission[ei]?s?\b"),
        (
            Expectation.PERSON,
            rf"\b(?:chi e|chi sono|chi era|come si chiama|who is|who are)\b.{{0,25}}\b{_ROLE}\b|\bnome del(?:la)?\b.{{0,20}}\b{_ROLE}\b",
        ),
        (Expectation.ACTOR, r"\b(?:chi|con chi|da chi|a chi|di chi|who|with whom|whom)\b"),
        (
            Expectation.DEFINITION,
            r"\b(?:che )?cosa? ?'?(?:e|sono)\b|\bcos'e\b|\bcos e\b|\bche cos'e\b|\bcosa significa\b|\bche significa\b|\bcosa vuol dire\b"
            r"|\bche vuol dire\b|\bsignificato\b|\bdefinizione\b|\bsigla\b|\bacronimo\b|\bwhat (?:is|are)\b|\bwhat does .{1,40} (?:mean|stand for)\b",
        ),
        (Expectation.LIST, r"\bquali\b|\belenc\w+|\bwhich\b|\blist\b|\bqual e\b|\bquale\b"),
        (
            Expectation.YES_NO,
            r"^(?:ma |e |ed |allora |scusa,? )?(?:e vero|e previst[oa]|sono previst[ei]|c'e|ci sono|esiste|esistono|si puo|posso|possono"
            r"|la |il |lo |l'|gli |le |i |is |are |does |do |can |has |have |will |e |sono |ha |hanno |prevede|viene|verra)",
        ),
    )
)
_COUNTED = re.compile(r"\b(?:quant[ie]|quanta|how many|numero (?:di|dei|delle|degli)|number of)\b\s*(.*)")
_ENGLISH = frozenset(
    "the of what which how many is are does do who when where why in for and to a an with by about plan can has have will "
    "this that it its much from on did was were tell me".split()
)
_ITALIAN = frozenset(
    "il lo la i gli le di del della dei delle che cosa quali quale quanti quante come chi quando dove perche è e un una per con "
    "nel nella sono al alla da dal si ci mi quanto qual piano anno".split()
)
# Words of asking, not of the subject: a passage need not hold them to be the answer.
ASKING = frozenset(
    stem(
        "significa significare significato vuole vogliono vuol dire serve servono occupa occupano riguarda riguardano prevede "
        "prevedono previsto previsti prevista previste dice dicono parla spiega spiegami spiegare elenca dimmi dammi sapere "
        "vorrei fare fatto fatta fa farà individua individuati individuate vero trova trovano esiste esistono compongono "
        "compone sa sai conosci sapresti puo possono posso potrei cosa cos quant numero modo tipo genere definizione sigla "
        "acronimo nome chiama informazioni notizie scopo succede previsti intende intendono piace meaning mean stand means "
        "tell explain list say says give serva chiamano ruolo favore grazie buongiorno ciao salve please thanks hello "
        "verra verranno viene vengono verrebbe sara saranno sarebbe deve devono dovra dovranno entro attualmente oggi adesso esattamente precisamente proprio quali quale documento documenti testo realizzato realizzata "
        "realizzati fatto fatti signed have".split()
    )
)


def read_question(text: str) -> Asked:
    """What a question asks for; nothing here depends on the documents."""
    folded = " ".join(fold(text).split())
    expects = next((kind for kind, pattern in _EXPECTATIONS if pattern.search(folded)), Expectation.OTHER)
    return Asked(
        text=text,
        language=tell_language(text),
        expects=expects,
        focus=focus_stems(text),
        counted=_counted(folded) if expects is Expectation.COUNT else None,
        figures=tuple(find_figures(text)),
    )


def tell_language(text: str) -> str:
    """ "en" when English function words outnumber Italian ones, else "it" (also on a tie)."""
    words = re.findall(r"[a-zàèéìòù]+", text.lower())
    english = sum(word in _ENGLISH for word in words)
    italian = sum(word in _ITALIAN for word in words)
    return "en" if english > italian else "it"


def focus_stems(text: str) -> tuple[str, ...]:
    """The stems that carry a question's subject, in order, each once: no stop words, no words of asking."""
    tokens = [token for token in tokenize(text) if token not in STOP_WORDS]
    return tuple(dict.fromkeys(word for word in stem(tokens) if word not in ASKING))


def _counted(folded: str) -> str | None:
    match = _COUNTED.search(folded)
    if not match:
        return None
    stems = [word for word in focus_stems(match.group(1)) if not word.isdigit()]
    return stems[0] if stems else None
