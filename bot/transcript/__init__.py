"""Ten conversations with the real bot, drawn as phone screens: `python -m bot.transcript`."""
