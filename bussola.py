"""The command `bussola`: mounts each package's commands; nothing else lives here."""

from __future__ import annotations

import importlib
import sys

import click

from kb.commands.italian import speak_italian
from kb.errors import BussolaError, disk_fault

PLACES: dict[str, str] = {
    "ask": "kb.commands.answers:ask",
    "search": "kb.commands.answers:search",
    "replay": "kb.commands.receipts:replay",
    "step": "kb.commands.steps:step",
    "releases": "kb.commands.releases:releases",
    "show": "kb.commands.releases:show",
    "ingest": "ingest.commands:ingest",
    "diff": "evals.commands.comparing:diff",
    "evaluate": "evals.commands.publishing:evaluate",
    "publish": "evals.commands.publishing:publish",
    "rollback": "evals.commands.publishing:rollback",
    "evals": "evals.commands.evaluating:evals",
    "bench": "evals.commands.benching:bench",
    "gaps": "evals.commands.gaps:gaps",
    "models": "kb.commands.models:models",
    "serve": "api.commands:serve",
    "keys": "api.key_commands:keys",
    "mcp": "api.commands:mcp",
    "bot": "bot.commands:bot",
    "doctor": "kb.commands.doctor:doctor",
    "backup": "kb.commands.backups:backup",
    "restore": "kb.commands.backups:restore",
    "retention": "kb.commands.retention:retention",
}
"""Where each command lives; a module is imported only when its command is asked for."""


GUESTS = ("bot.guest:open_guest",)
"""Who `bussola serve` takes in at an address of its own, where the settings want it; imported only then."""


class House(click.Group):
    """The group of all commands, in the order of PLACES, each imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name."""
        return list(PLACES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in PLACES:
            return None
        module, _, attribute = PLACES[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return speak_italian(command)


@click.group(cls=House, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="bussola", prog_name="bussola", help="Mostra la versione ed esce.")
@click.pass_context
def bussola(ctx: click.Context) -> None:
    """
    Bussola risponde alle domande sul Piano strategico della Città metropolitana di Milano.

    Ogni frase che invia è sostenuta da una citazione testuale di un documento pubblicato, con la sua pagina.
    Funziona senza chiavi, senza rete e senza un modello di conversazione.
    """
    ctx.obj = GUESTS


def main() -> None:
    """Run the command; a fault that a person can mend is one line on standard error and exit status 2."""
    try:
        status = speak_italian(bussola).main(prog_name="bussola", standalone_mode=False)
    except click.UsageError as error:
        _fail(_usage_line(error))
    except click.Abort:
        _fail("interrotto.", status=130)
    except click.ClickException as error:
        _fail(error.format_message())
    except BussolaError as error:
        _fail(str(error))
    except OSError as error:
        if (told := disk_fault(error)) is None:
            raise
        _fail(str(told))
    sys.exit(status if isinstance(status, int) else 0)


def _usage_line(error: click.UsageError) -> str:
    command = error.ctx.command_path if error.ctx else "bussola"
    message, see = error.format_message(), f"edi «{command} --help»."
    return f"{message} V{see}" if message.endswith("?") else f"{message.rstrip('.')}: v{see}"


def _fail(message: str, *, status: int = 2) -> None:
    click.echo(f"bussola: {' '.join(message.split())}", err=True)
    sys.exit(status)


if __name__ == "__main__":
    main()
