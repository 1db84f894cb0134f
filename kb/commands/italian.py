"""
The command line in Italian: the words that click itself says, in its help and its complaints.

Click looks its words up with gettext and ships no Italian catalogue; a compiled catalogue of ours would be read only
under an Italian locale. So its look-up is replaced, once, by the table below; what the table lacks stays English.
"""

from __future__ import annotations

import importlib

import click

MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
"""The modules of click that say something to a person who types a command."""

ITALIAN = {
    "Usage:": "Uso:",
    "Options": "Opzioni",
    "Commands": "Comandi",
    "Positional arguments": "Argomenti",
    "default: {default}": "predefinito: {default}",
    "env var: {var}": "variabile d'ambiente: {var}",
    "required": "obbligatorio",
    "Show the version and exit.": "Mostra la versione ed esce.",
    "Show this message and exit.": "Mostra questo aiuto ed esce.",
    "Missing command.": "Manca il comando.",
    "Missing argument": "Manca l'argomento",
    "Missing option": "Manca l'opzione",
    "Missing parameter": "Manca il parametro",
    "Missing {param_type}": "Manca {param_type}",
    "Missing parameter: {param_name}": "Manca il parametro {param_name}",
    "Invalid value: {message}": "Valore non valido: {message}",
    "Invalid value for {param_hint}: {message}": "Valore non valido per {param_hint}: {message}",
    "No such option {name!r}.": "L'opzione {name!r} non esiste.",
    "No such command {name!r}.": "Il comando {name!r} non esiste.",
    "Did you mean {possibility}?": "Forse volevi {possibility}?",
    "(Did you mean one of: {possibilities}?)": "(Forse volevi uno di questi: {possibilities}?)",
    "Choose from:\n\t{choices}": "Scegli fra:\n\t{choices}",
    "{value!r} is not {choice}.": "{value!r} non è {choice}.",
    "{value!r} is not one of {choices}.": "{value!r} non è fra {choices}.",
    "{value!r} is not a valid {number_type}.": "{value!r} non è un numero valido.",
    "{value} is not in the range {range}.": "{value} è fuori dall'intervallo {range}.",
    "Got unexpected extra argument ({args})": "C'è un argomento di troppo ({args})",
    "Got unexpected extra arguments ({args})": "Ci sono argomenti di troppo ({args})",
    "Option {name!r} does not take a value.": "L'opzione {name!r} non vuole un valore.",
    "Option {name!r} requires an argument.": "L'opzione {name!r} vuole un valore.",
    "Option {name!r} requires {nargs} arguments.": "L'opzione {name!r} vuole {nargs} valori.",
    "Argument {name!r} takes {nargs} values.": "L'argomento {name!r} vuole {nargs} valori.",
    "{name} {filename!r} does not exist.": "{filename!r} non c'è.",
    "{name} {filename!r} is a directory.": "{filename!r} è una cartella.",
    "{name} {filename!r} is a file.": "{filename!r} è un file.",
    "{name} {filename!r} is not readable.": "{filename!r} non si legge.",
}

LONGEST_SENTENCE = 300  # characters
OPTIONS, COMMANDS = "[OPZIONI]", "COMANDO [ARGOMENTI]..."


def speak_italian(command: click.Command) -> click.Command:
    """The command, whose help and complaints click now writes in Italian; so are those of its sub-commands."""
    for name in MODULES:
        module = importlib.import_module(f"click.{name}")
        for attribute, look_up in (("_", _one), ("ngettext", _one_or_many)):
            if hasattr(module, attribute):
                setattr(module, attribute, look_up)
    _name_parts(command)
    return command


def _one(message: str) -> str:
    return ITALIAN.get(message, message)


def _one_or_many(singular: str, plural: str, count: int) -> str:
    return _one(singular if count == 1 else plural)


def _name_parts(command: click.Command) -> None:
    """What click does not look up: the usage line's parts; and first sentences whole, which click would cut."""
    command.options_metavar = OPTIONS
    command.short_help = command.get_short_help_str(LONGEST_SENTENCE)
    if isinstance(command, click.Group):
        command.subcommand_metavar = COMMANDS
        for child in command.commands.values():
            _name_parts(child)
