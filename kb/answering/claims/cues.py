"""Cues: the small words and endings by which an Italian sentence shows, without a parser, how it is built."""

from __future__ import annotations

import re

DETERMINERS = frozenset(
    """
    il lo la i gli le l un uno una del dello della dei degli delle dell al allo alla ai agli alle all dal dallo dalla
    dai dagli dalle dall nel nello nella nei negli nelle nell sul sullo sulla sui sugli sulle sull quel quello quella
    quei
    quegli quelle questo questa questi queste suo sua suoi sue loro ogni ciascun ciascuna alcuni alcune
    """.split()
)
PREPOSITIONS = {
    form: kind
    for kind, forms in {
        "di": "di del dello della dei degli delle dell d",
        "da": "da dal dallo dalla dai dagli dalle dall",
        "a": "a ad al allo alla ai agli alle all",
        "in": "in nel nello nella nei negli nelle nell entro dentro presso lungo durante",
        "con": "con col coi mediante attraverso tramite grazie",
        "su": "su sul sullo sulla sui sugli sulle sull circa",
        "per": "per verso contro",
        "tra": "tra fra",
        "senza": "senza",
        "dopo": "dopo prima oltre secondo sotto sopra",
    }.items()
    for form in forms.split()
}
"""Folded small words → the kind of preposition that they are."""
MEANS = frozenset("grazie mediante attraverso tramite".split())
SPLIT = ("per", "tra", "con", "su")
"""Prepositions that stand apart from the article: "per il trattamento e il riuso"."""
LINKS = (
    "che",
    "chi",
    "cui",
    "quale",
    "quali",
    "mentre",
    "quando",
    "se",
    "affinche",
    "perche",
    "purche",
    "qualora",
    "finche",
)
"""Folded words that open a clause."""
ADVERBS = frozenset(
    """
    affinche perche purche finche mentre qualora infine inoltre insieme pur pure circa gia sotto sopra soprattutto
    prima dopo poco ben
    oltre secondo ancora quindi cosi invece oggi poi mediante attraverso verso fino presso tramite grazie entro durante
    specie contempo solo soltanto solamente alcuni alcune tutti tutte ogni vari varie diversi diverse altri altre altro
    altra almeno proprio propri propria proprie
    """.split()
)
"""Folded words that are neither noun nor verb; what they say is for other checks."""
ORDINALS = ("prima", "secondo", "solo", "ancora")
"""Of these, those that are adjectives after an article: "la prima linea"."""
DEGREES = frozenset("non piu meno molto poco cosi ben".split())
DAYS = frozenset("lunedi martedi mercoledi giovedi venerdi sabato domenica estate inverno autunno primavera".split())
"""Folded nouns that say when, without a preposition: "il sabato il museo è chiuso"."""
TIMES = frozenset("anno mese settimana giorno sera mattina notte".split())
"""Folded nouns that say how often after "ogni"."""
JOINS = frozenset({"e", "ed", "o", "nonche", "ma", "anche"})
BODIES = frozenset("citta comune comuni regione ente provincia".split())
"""Capitals that open a phrase also without an article: "con questi accordi Città metropolitana assicura"."""
POINTERS = frozenset("questi queste quelli quelle quello quella cio".split())
"""Pronouns that stand for a thing named before."""
OBJECT_PRONOUNS = frozenset(("la", "lo", "li", "le"))
OF_INFINITIVES = frozenset(("loro", "nel", "al", "dal", "sul", "col"))
"""Determiners after which an infinitive is still a verb: "nel rilevare"."""
SURE_ENDINGS = ("ono", "ano", "anno", "rà", "isce")
SURE_FORMS = ("spetta", "riguarda", "costa", "dura", "deve", "può", "vuole", "serve", "occorre", "basta", "riceve")
"""What is a verb even where no subject stands before it."""

_ADVERB = (
    r"\w+mente|anche|già|inoltre|poi|più|ancora|pure|stat[oaie]|di recente|da poco|in \w+ anni|sempre|non|molto|poco|"
    r"ben|così|tutt[oaie]"
)
_BETWEEN = rf"\s*(?:(?:{_ADVERB})\s+)*$"
STOP = re.compile(r"[.;:!?]")
PAUSE = re.compile(r"[,;:.()–]")
OPENERS = re.compile(
    r"\b(?:che|mentre|affinché|perché|poiché|purché|qualora|finché|se|quando|ma|dove|cui|qual[ei]|oppure|quindi)\b"
)
RELATIVE = re.compile(r"\b(?:che|cui|qual[ei])\b")
HAVE = re.compile(rf"\b(?:ha|hanno|aveva|avevano|avendo|aver|avere|abbia|abbiano|avrà|avranno)\b{_BETWEEN}")
BE = re.compile(
    r"(?:\b(?:sono|era|erano|viene|vengono|sarà|saranno|stat[oaie]|essere|sia|siano|fu|furono|va|vanno|verrà|verranno|"
    rf"venga|vengano)|(?:^|[\s'])è)\b{_BETWEEN}"
)
BARE_BE = re.compile(r"\b(?:sono|erano|saranno|sarà|era)\s+$|(?:^|[\s'])è\s+$")
"""Right before a word that can be no finite verb: "ci sono motivi"."""
COPULA = re.compile(
    r"(?:\b(?:dà|danno|fa|fanno|ha|hanno|aveva|avevano|sono|era|erano|sarà|saranno|fu|furono|resta|restano|essere)|(?:^|[\s'])è)\b"
)
OWNING = re.compile(r"\b(?:dà|danno|fa|fanno|ha|hanno|aveva|avevano)\b")
AUXILIARY_AFTER = re.compile(r"^\s+(?:si|è|sono|ha|hanno|era|erano|può|possono|deve|devono|sarà|saranno)\b")
PARTICIPLE = re.compile(r"(?:at|ut|it)[oaie]$")
SURELY_FINITE = re.compile(
    r"(?:[ei]re|rre) (?!parte$|rete$|fine$|sede$)\w+(?:e|ono|eva|iva)$|\w+(?:rra|era|ira|ranno)$"
)
"""An infinitive and a form of it that is a verb even after "la" or "lo"."""
CLITIC = re.compile(r"\b(?:lo|la|li|le|ne|l')\s*(?:ha\s*|hanno\s*)?$")
ARTICLE_AFTER = re.compile(r"^\s+(?:(?:il|lo|la|i|gli|le|un|uno|una)\s|l'|un')")
UNELIDED = re.compile(r"\b(?:la|lo)\s+$")
BESIDE_VERB = re.compile(r"\b(?:ne|si|lo|li|ci|vi)\s+$")
MEANWHILE = re.compile(r"\bmentre\s+(?:non\s+)?(?:sono|è|vengono|viene|si)\b")
TURNED = re.compile(r"\b(?:cui|qual[ei])\b|\b(?:lo|la|li|le|l'|vi)\s*(?:ha\b|hanno\b|$)")
CONDITION = re.compile(r"\b(?:se|quando|qualora)\b[^,;.]*$")
WHOEVER = re.compile(r"\b(?:quell[aeio]|chi|ciò|coloro)\b")
HANDING = re.compile(r"\b(?:di|a|ad|d'|da)\s*$")
ABLE = re.compile(r"grado|capac|idone|util|adatt|nuov|oblig|modo|compit|funzion")
LOOSE = re.compile(r"\b(?:fra|tra) loro\b|\bma(?= anche\b)|\bin grado\b")
"""What only loosens a sentence; read as if it were not there."""
IDIOM = re.compile(
    r"\b(?:"
    r"(?:più )?in generale|in termini più generali|in particolare|in special modo|"
    r"in (?:primo|secondo|terzo) luogo|nel contempo|in (?:questo|tal) senso|a questo proposito|"
    r"in questa (?:prospettiva|chiave|luce)|in questo quadro|in questo schema|di conseguenza|"
    r"per questo(?= (?:la|il|lo|i|gli|le|si) | l['’])|"
    r"non da ultimo|in (?:prima|seconda) istanza|per quanto riguarda|al proposito|da un lato|"
    r"dall'altro|da una parte|dall'altra|in altri termini|in ordine a|di nuovo"
    r")\b",
    re.IGNORECASE,
)
QUOTE_MARKS = "-«»“”\"' "
ENDINGS = {"o": "oe", "a": "aeà", "i": "i", "e": "ei"}
"""The last letter of a participle → those of the nouns that it may go with."""
