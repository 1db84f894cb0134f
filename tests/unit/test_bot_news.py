"""What changed from one release to the next, as the bot tells it."""

from __future__ import annotations

from typing import Any

from bot.news import MOST_FIGURES, news_html
from prompts.bot import load_bot_replies

IT, EN = load_bot_replies("it"), load_bot_replies("en")
SERVING = [{"id": "piano", "title": "Piano <nuovo>", "edition": "2025"}]


def differences(**more: Any) -> dict[str, Any]:
    return {"documents": [], "pages": [], "figures": [], **more}


def test_documents_figures_and_pages_are_told() -> None:
    documents = [
        {"document": "piano", "title": "Piano", "change": "changed"},
        {"document": "vecchia", "title": "Guida", "change": "removed"},
    ]
    found = differences(documents=documents, figures=[{"line": "25% → 27%, Driver 2, p. 109"}], pages=[{}, {}])

    assert news_html(found, SERVING, IT) == (
        "<b>Che cosa è cambiato</b> dalla versione precedente\n\n"
        "<b>Tolti</b>\n• Guida\n\n"
        "<b>Aggiornati</b>\n• Piano &lt;nuovo&gt;, ed. 2025\n\n"
        "<b>Cifre cambiate</b>\n• 25% → 27%, Driver 2, p. 109\n\n"
        "<i>Pagine con un testo diverso: 2.</i>"
    )


def test_a_long_list_is_cut_and_counted() -> None:
    figures = [{"line": f"{at} → {at + 1}"} for at in range(MOST_FIGURES + 3)]
    text = news_html(differences(figures=figures), SERVING, EN)

    assert text.count("•") == MOST_FIGURES
    assert text.endswith("… and 3 more")


def test_nothing_new_is_said_plainly() -> None:
    assert news_html(differences(), SERVING, IT).startswith("Nessuna novità")
