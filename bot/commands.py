"""`bussola bot`: the Telegram bot, until it is stopped."""

from __future__ import annotations

import click

from kb.errors import InputError
from kb.settings import Settings, load_settings


@click.command()
def bot() -> None:
    """
    Avvia il bot Telegram, fino a Ctrl+C.

    Serve il token del bot in BUSSOLA_TELEGRAM_TOKEN. Le risposte vengono dalla versione pubblicata, in questo stesso
    processo, oppure dall'API indicata in BUSSOLA_API_URL. I messaggi vengono chiesti a Telegram; con
    BUSSOLA_TELEGRAM_WEBHOOK_URL è Telegram a consegnarli.
    """
    settings = load_settings()
    check_settings(settings)
    from bot.app import run

    run(settings)
    click.echo("Il bot si è fermato.", err=True)


def check_settings(settings: Settings) -> None:
    """
    Nothing, when a bot can be started with these settings.

    Raises:
        InputError: the token is missing or has not its form, or a webhook lacks its secret or HTTPS.
    """
    import re

    token = settings.telegram_token.get_secret_value()
    if not token:
        raise InputError("manca il token del bot: chiedilo a @BotFather e mettilo in BUSSOLA_TELEGRAM_TOKEN.")
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token):
        raise InputError("BUSSOLA_TELEGRAM_TOKEN non ha la forma di un token (123456:ABC…): copialo da @BotFather.")
    if not settings.telegram_webhook_url:
        return
    if not settings.telegram_webhook_url.startswith("https://"):
        raise InputError(
            f"BUSSOLA_TELEGRAM_WEBHOOK_URL vale «{settings.telegram_webhook_url}»: serve un indirizzo https://."
        )
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", settings.telegram_webhook_secret.get_secret_value()):
        raise InputError(
            "con un webhook serve BUSSOLA_TELEGRAM_WEBHOOK_SECRET, da 1 a 256 lettere, cifre, «_» o «-»: mettilo."
        )
