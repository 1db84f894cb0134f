"""Generate: a chat model may write the answer from the passages shown; each of its sentences is judged by code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from kb.answering.divide import parts_of
from kb.answering.generating.completeness import says_enough
from kb.answering.generating.grounding import ground
from kb.answering.generating.markers import Claim, read_claims, reply_schema
from kb.answering.generating.showing import Shown, show
from kb.answering.judging.presumed import unknown_names
from kb.answering.state import DraftSentence, State, Tools
from kb.answering.verify import find_fault
from kb.errors import ModelError, ModelPaused, ModelReplyError, ModelSlow
from kb.ports import ChatModel, ChatPrompt
from kb.records import AnswerMode, ModelReply
from prompts.instructions import as_data, load_instructions
from prompts.replies import load_replies

MAX_SENTENCES = 4
"""Sentences of a model that are sent, at most."""

LEAST_WORDS = 3
"""A shorter text ("156") is no sentence that a person can read alone."""

_VERDICT = re.compile(r"^(?:sì|si|no|yes|certo|esatto|vero|falso|true|false|right|wrong)\s*[,;:.!–-]\s*", re.IGNORECASE)

WHY = {ModelSlow: "slow", ModelPaused: "paused", ModelReplyError: "unusable"}
"""What a failure is called in the trace; its reply is "generated_" and this. Any other is "unreachable"."""


@dataclass(slots=True)
class _Written:
    """What became of a model's reply so far."""

    kept: list[DraftSentence] = field(default_factory=list)
    dropped: list[dict[str, object]] = field(default_factory=list)
    sent: int = 0  # sentences of kept that are certain to be sent
    failure: str | None = None
    read: list[str] = field(default_factory=list)  # the reply's pieces, as far as they were waited for


def generate(state: State, tools: Tools) -> State:
    """The state with the model's sentences as its draft where they pass and say enough, else as it was, with a note."""
    steps = write_sentences(state, tools)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            ended: State = end.value
            return ended


def write_sentences(state: State, tools: Tools) -> Generator[State, None, State]:
    """
    Yields the state each time that further sentences of the model are certain to be sent; returns it at the end.

    The draft that comes in is the extractive one. It is what is sent when the model is missing, slow, down or writes
    nothing that passes and says enough; and where it is empty the documents don't say, and no model is asked. A
    sentence that was certain stays, whatever the model does afterwards.
    """
    if state.wanted is not AnswerMode.GENERATED or not state.draft:
        return replace(state, detail={"asked": False})
    if tools.chat is None:
        return _extractive(state, "unavailable", {"asked": False})
    if not _may_be_written(state, tools):
        return _extractive(state, "premise", {"asked": False})
    shown = show(state, tools, chars=tools.chat.context_chars)
    if not shown:
        return _extractive(state, "premise", {"asked": False})
    state = replace(state, shown=tuple(one.passage for one in shown))
    written = _Written()
    prompt = write_prompt(state, shown)
    for _ in _judged(tools.chat, prompt, state, tools, written):
        if says_enough(written.kept, state, tools):
            written.sent = len(written.kept)
            yield _generated(state, written)
    reply = ModelReply(digest_of(prompt), "".join(written.read), written.failure, tools.chat.context_chars)
    return replace(_ended(state, written), reply=reply)


def _ended(state: State, written: _Written) -> State:
    """What the model's reply comes to: its sentences, with a note where it broke off, or the extractive draft."""
    detail = _detail(state, written)
    if not written.sent:
        reason = written.failure or ("incomplete" if written.kept else "unverified")
        return _extractive(state, reason, detail)
    ended = replace(_generated(state, written), detail=detail)
    if written.failure:
        ended = ended.noting("generated_cut", load_replies(state.language).say("generated_cut"))
    return ended


def _may_be_written(state: State, tools: Tools) -> bool:
    """
    False for what code answers alone.

    A question in another language than the documents': no check compares across languages, so nothing would pass. A
    question that asks several things, and one with a name that nobody wrote: what is said about it is for code.
    """
    if state.language != "it" or len(parts_of(state.standalone)) > 1:
        return False
    reading = state.found.reading if state.found else None
    understood = {*reading.corrections, *reading.expansions} if reading else set()
    return not unknown_names(state.standalone, tools, understood=understood)


def write_prompt(state: State, shown: Sequence[Shown]) -> ChatPrompt:
    """What the model is asked: our instructions, and the question and the passages framed as data."""
    instructions = load_instructions("generate")
    passages = "\n\n".join(
        f'<passaggio n="{number}" da="{as_data(one.place)}">\n{as_data(one.text)}\n</passaggio>'
        for number, one in enumerate(shown, start=1)
    )
    text = instructions.fill(passages=passages, question=as_data(state.standalone))
    return ChatPrompt(instructions.system, text, reply_schema(len(shown)))


def digest_of(prompt: ChatPrompt) -> str:
    """What tells one prompt from another: the same is asked of a model only where this is the same."""
    return hashlib.sha256("\n".join([prompt.instructions, prompt.text]).encode()).hexdigest()


def _judged(
    chat: ChatModel, prompt: ChatPrompt, state: State, tools: Tools, written: _Written
) -> Iterator[DraftSentence]:
    """Each sentence that passes, as it is kept; a failure of the model ends them and is written down."""
    pieces = chat.write(prompt)
    try:
        for claim in read_claims(_read(pieces, written)):
            sentence, fault = _judge(claim, state, tools, written.kept)
            if sentence is None:
                written.dropped.append({"reason": fault, "characters": len(claim.text)})
                continue
            written.kept.append(sentence)
            yield sentence
            if len(written.kept) == MAX_SENTENCES:
                break
    except ModelError as error:
        written.failure = WHY.get(type(error), "unreachable")
        # A reply of no use counts among the model's failures; where the model failed itself, it knows already.
        with suppress(ModelError, StopIteration):
            pieces.throw(error)
    finally:
        pieces.close()


def _read(pieces: Iterator[str], written: _Written) -> Iterator[str]:
    for piece in pieces:
        written.read.append(piece)
        yield piece


def _judge(
    claim: Claim, state: State, tools: Tools, kept: Sequence[DraftSentence]
) -> tuple[DraftSentence | None, str | None]:
    """The sentence with the quotes behind it, or why it is dropped."""
    if not claim.numbers:
        return None, "no_marker"
    if not all(1 <= number <= len(state.shown) for number in claim.numbers):
        return None, "not_shown"
    text = without_verdict(claim.text)
    if len(text.split()) < LEAST_WORDS:
        return None, "fragment"
    if any(_plain(text) == _plain(other.text) for other in kept):
        return None, "repeated"
    quotes = ground(text, [state.shown[number - 1] for number in claim.numbers], tools)
    sentence = DraftSentence(text, quotes, state.draft[0].support)
    fault = find_fault(sentence, replace(state, mode=AnswerMode.GENERATED), tools)
    return (None, fault) if fault else (sentence, None)


def without_verdict(text: str) -> str:
    """The sentence without a "Sì," that opens it: that is the model's opinion, which no quote can hold."""
    bare = _VERDICT.sub("", text)
    return bare[:1].upper() + bare[1:]


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())


def _generated(state: State, written: _Written) -> State:
    return replace(state, draft=tuple(written.kept[: written.sent]), mode=AnswerMode.GENERATED)


def _extractive(state: State, reason: str, detail: dict[str, object]) -> State:
    reply = load_replies(state.language).say(f"generated_{reason}")
    return replace(state.noting("generated_unavailable", reply), shown=(), detail={**detail, "reason": reason})


def _detail(state: State, written: _Written) -> dict[str, object]:
    return {
        "asked": True,
        "prompt": load_instructions("generate").version,
        "shown": [{"passage": passage.id} for passage in state.shown],
        "kept": len(written.kept),
        "dropped": written.dropped,
        "failure": written.failure,
    }
