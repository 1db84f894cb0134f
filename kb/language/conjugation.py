"""Conjugation: forms of words by their ending: irregular ones of verbs, plural and feminine ones of the rest."""

from __future__ import annotations

from functools import lru_cache

_ENDINGS = {
    "venire": "viene vengono venga vengano verra verranno venuto venendo",
    "tenere": "tiene tengono tenga tengano terra terranno tenuto",
    "porre": "pone pongono ponga pongano porra porranno posto posta posti poste ponendo poneva",
    "durre": "duce ducono duca ducano durra durranno dotto dotta dotti dotte ducendo duceva",
    "trarre": "trae traggono tragga tratto tratta tratti tratte traendo",
    "ogliere": "oglie olgono olga olgano olto olta olti olte",
    "egliere": "eglie elgono elga elgano elto elta elti elte",
    "endere": "eso esa esi ese",
    "ondere": "uso usa osto osta osti oste",
    "udere": "uso usa usi use",
    "idere": "iso isa isi ise",
    "edere": "esso essa essi esse",
    "chiedere": "chiesto chiesta chiesti chieste",
    "vedere": "visto vista visti viste vedra vedranno",
    "mettere": "messo messa messi messe",
    "correre": "corso corsa corsi corse",
    "scrivere": "scritto scritta scritti scritte",
    "vivere": "vissuto vissuta vissuti vissute vivra vivranno",
    "ggere": "tto tta tti tte",
    "ngere": "nto nta nti nte",
    "incere": "into inta inti inte",
    "irigere": "iretto iretta iretti irette",
    "edigere": "edatto edatta edatti edatte",
    "erdere": "erso ersa ersi erse",
    "ardere": "arso arsa arsi arse",
    "ergere": "erso ersa ersi erse",
    "argere": "arso arsa arsi arse",
    "olgere": "olto olta olti olte",
    "olvere": "olto olta olti olte",
    "sumere": "sunto sunta sunti sunte",
    "rimere": "resso ressa ressi resse",
    "rompere": "rotto rotta rotti rotte",
    "muovere": "mosso mossa mossi mosse",
    "nascere": "nato nata nati nate",
    "scere": "sciuto sciuta sciuti sciute",
    "rimanere": "rimane rimangono rimanga rimarra rimarranno rimasto rimasta rimasti rimaste",
    "scutere": "scusso scussa scussi scusse",
    "nettere": "nesso nessa nessi nesse",
    "aprire": "aperto aperta aperti aperte",
    "coprire": "coperto coperta coperti coperte",
    "offrire": "offerto offerta offerti offerte",
    "soffrire": "sofferto sofferta",
    "parire": "pare paiono parso parsa parsi parse",
    "salire": "sale salgono salga",
    "uscire": "esce escono esca uscito",
    "seguire": "segue seguono segua seguano",
    "valere": "vale valgono valga varra varranno valso",
    "cadere": "cade cadono cadra cadranno caduto",
    "sedere": "siede siedono",
    "dovere": "deve devono debba debbano dovra dovranno dovrebbe dovrebbero dovuto",
    "potere": "puo possono possa possano potra potranno potrebbe potrebbero",
    "volere": "vuole vogliono voglia vogliano vorra vorranno vorrebbe vorrebbero",
    "sapere": "sa sanno sappia sappiano sapra sapranno",
    "avere": "ha hanno abbia abbiano avra avranno avrebbe avrebbero",
    "bere": "beve bevono bevuto",
    "fare": "fa fanno faccia facciano fatto fatta fatti fatte facendo faceva facevano",
    "dare": "da danno dia diano dara daranno dato data dati date",
    "stare": "sta stanno stia stiano stara staranno",
    "andare": "va vanno vada vadano andra andranno",
    "dire": "dice dicono dica dicano detto detta detti dette dicendo",
    "piacere": "piace piacciono piaciuto",
}
"""Ending of an infinitive → those of its irregular forms, folded; of several that fit, the longest counts."""
_WHOLE = frozenset("fare dare stare andare dire bere avere dovere potere volere sapere".split())
"""Endings that only the verb itself and its compounds have, so that "accantonare" is no compound of "dare"."""
_COMPOUNDS = frozenset(
    "rifare disfare sopraffare soddisfare assuefare ridare ridire disdire predire contraddire benedire".split()
)


@lru_cache(maxsize=5_000)
def irregular_forms(infinitive: str) -> tuple[str, ...]:
    """
    The irregular forms of a folded infinitive, empty where its ending has none or it is no infinitive.

    What an ending may give is given, also where the verb is regular: the forms serve to recognise, not to write.
    """
    if infinitive.endswith("si"):  # "verificarsi"
        infinitive = infinitive[:-2] + ("re" if infinitive.endswith("rrsi") else "e")
    fitting = [ending for ending in _ENDINGS if infinitive.endswith(ending) and _may_end(infinitive, ending)]
    if not fitting:
        return _grown(infinitive)
    ending = max(fitting, key=len)
    root = infinitive.removesuffix(ending)
    return tuple(root + form for form in _ENDINGS[ending].split())


def _may_end(infinitive: str, ending: str) -> bool:
    return ending not in _WHOLE or infinitive == ending or infinitive in _COMPOUNDS


def _grown(infinitive: str) -> tuple[str, ...]:
    """Of a verb in "-ire", the forms with "-isc-"."""
    if not infinitive.endswith("ire") or len(infinitive) < 5:
        return ()
    return tuple(infinitive[:-3] + "isc" + form for form in ("e", "ono", "a", "ano"))


_INFLECTED = (
    ("co", "ci chi ca che"),
    ("go", "gi ghi ga ghe"),
    ("ca", "che"),
    ("ga", "ghe"),
    ("cia", "ce cie"),
    ("gia", "ge gie"),
    ("tore", "tori trice trici"),
    ("io", "i ia ie"),
    ("ia", "ie"),
    ("o", "i a e"),
    ("a", "e i"),
    ("e", "i"),
)
_LEAST_ROOT = 3
"""Letters before the ending of a word that is inflected."""


@lru_cache(maxsize=10_000)
def inflected_forms(word: str) -> tuple[str, ...]:
    """The plural and feminine forms of a folded noun or adjective; empty for an infinitive and a word of one form."""
    if word.endswith(("are", "ere", "ire", "rre", "rsi", "ta", "mente")) and not word.endswith("tta"):
        return ()
    for ending, forms in _INFLECTED:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_ROOT:
            root = word.removesuffix(ending)
            return tuple(root + form for form in forms.split())
    return ()
