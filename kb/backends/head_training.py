"""
Training of the late-interaction head (kb/retrieval/head.npz) on the first part of a BEIR folder.

    python -m kb.backends.head_training ../shared/evals/squad-it-dev

The head starts as layers 9 and 10 of the default model and learns low-rank changes of them, so that the right passage's
tokens match a question's better than those of its look-alikes. Two cores need some ten minutes.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

import kb.retrieval
from kb.backends.e5 import default_model_folder
from kb.backends.embedder import open_embedder
from kb.ports import TokenEmbedder, TokenVectors
from kb.retrieval.head import HEADS, INPUT_LAYER
from kb.settings import load_settings

SHARE = 0.5  # of the corpus; the ranker learns on what follows, figures are of the rest
FIRST_LAYER, LAYERS = 8, 2
WIDTH, RANK = 128, 16
EPOCHS, BAG = 5, 24  # BAG: passages compared with one another
QUESTIONS = 120  # of a bag, at most
ADAPTER_RATE, PROJECTION_RATE, TEMPERATURE_RATE = 1e-3, 3e-4, 1e-2
_BLOCK = 16
_DENSE = ("query", "key", "value", "out", "up", "down")


@dataclass(frozen=True)
class TrainingSet:
    """Token vectors of passages and questions, each question's right passage, and each passage's look-alikes."""

    passages: Sequence[TokenVectors]
    questions: Sequence[TokenVectors]
    right: Sequence[int]
    alike: Sequence[Sequence[int]]
    rarity: dict[int, float]


class TrainableHead(torch.nn.Module):
    """The head with its low-rank changes; the same sums as kb.retrieval.head.Head."""

    def __init__(self, base: dict[str, Tensor], directions: Tensor, scale: float) -> None:
        super().__init__()
        self.base, self.scale = base, scale
        self.projection = torch.nn.Parameter(directions)
        self.temperature = torch.nn.Parameter(torch.tensor(3.2))
        self.balance = torch.nn.Parameter(torch.tensor(0.0))
        self.changes = torch.nn.ParameterDict()
        for name, weight in base.items():
            if name.endswith(".weight") and "norm" not in name:
                key = name.replace(".", "_")
                self.changes[key + "_a"] = torch.nn.Parameter(
                    torch.randn(weight.shape[0], RANK) / math.sqrt(weight.shape[0])
                )
                self.changes[key + "_b"] = torch.nn.Parameter(torch.zeros(RANK, weight.shape[1]))

    def merged(self, name: str) -> Tensor:
        """A weight with its learnt change."""
        key = name.replace(".", "_")
        change = self.changes[key + "_a"] @ self.changes[key + "_b"] if key + "_a" in self.changes else 0.0
        return self.base[name] + change

    def forward(self, texts: Sequence[TokenVectors]) -> tuple[Tensor, list[int]]:
        """Every text's rows, one text after the other, and each one's number of rows."""
        lengths = [len(text.vectors) for text in texts]
        states = torch.zeros(len(texts), max(lengths), self.projection.shape[0])
        for row, text in enumerate(texts):
            states[row, : lengths[row]] = torch.from_numpy(text.vectors) * self.scale
        places = torch.arange(max(lengths))[None, :] < torch.tensor(lengths)[:, None]
        for number in range(LAYERS):
            states = self._layer(states, places, f"{number}.")
        rows = functional.normalize(states[places], dim=1) @ self.projection
        return functional.normalize(rows, dim=1), lengths

    def _layer(self, states: Tensor, places: Tensor, name: str) -> Tensor:
        parts = [self._dense(states, name + part) for part in ("query", "key", "value")]
        query, key, value = (part.reshape(*part.shape[:2], HEADS, -1).transpose(1, 2) for part in parts)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=places[:, None, None, :])
        states = self._norm(states + self._dense(mixed.transpose(1, 2).flatten(2), f"{name}out"), f"{name}norm1")
        inner = functional.gelu(self._dense(states, f"{name}up"), approximate="tanh")
        return self._norm(states + self._dense(inner, f"{name}down"), f"{name}norm2")

    def _dense(self, states: Tensor, name: str) -> Tensor:
        return states @ self.merged(f"{name}.weight") + self.base[f"{name}.bias"]

    def _norm(self, states: Tensor, name: str) -> Tensor:
        weight, bias = self.base[f"{name}.weight"], self.base[f"{name}.bias"]
        return functional.layer_norm(states, weight.shape, weight, bias, 1e-12)

    def save(self, path: Path, version: str) -> None:
        """Write the merged weights, matrices in sixteen bits, as kb.retrieval.head reads them."""
        arrays: dict[str, Any] = {name: self.merged(name).detach().numpy().astype(np.float16) for name in self.base}
        arrays["projection"] = self.projection.detach().numpy().astype(np.float16)
        arrays |= {"scale": np.float32(self.scale), "layers": np.int32(LAYERS), "version": np.array(version)}
        np.savez(path, **arrays)


def base_weights(model: Any) -> dict[str, Tensor]:
    """The starting layers' weights by the head's names, matrices as input × output."""
    found: dict[str, Tensor] = {}
    for number, layer in enumerate(model.encoder.layer[FIRST_LAYER : FIRST_LAYER + LAYERS]):
        attention = layer.attention.self
        parts = {
            "query": attention.query,
            "key": attention.key,
            "value": attention.value,
            "out": layer.attention.output.dense,
            "norm1": layer.attention.output.LayerNorm,
            "up": layer.intermediate.dense,
            "down": layer.output.dense,
            "norm2": layer.output.LayerNorm,
        }
        for name, part in parts.items():
            weight = part.weight.detach().float()
            found[f"{number}.{name}.weight"] = weight.T.contiguous() if name in _DENSE else weight.clone()
            found[f"{number}.{name}.bias"] = part.bias.detach().float().clone()
    return found


def likeness(head: TrainableHead, asked: tuple[Tensor, list[int], Tensor], shown: tuple[Tensor, list[int]]) -> Tensor:
    """Questions × passages: MaxSim over the whole passage and within 32 tokens, in a learnt balance."""
    rows, counts, weights = asked
    owner = torch.repeat_interleave(torch.arange(len(counts)), torch.tensor(counts))
    total = torch.zeros(len(counts)).index_add(0, owner, weights)
    columns = []
    share = torch.sigmoid(head.balance)
    for similarity in torch.split(rows @ shown[0].T, shown[1], dim=1):
        blocks = functional.pad(similarity, (0, -similarity.shape[1] % _BLOCK), value=-1.0)
        blocks = blocks.reshape(len(blocks), -1, _BLOCK).amax(2)
        near = torch.maximum(blocks[:, :-1], blocks[:, 1:]) if blocks.shape[1] > 1 else blocks
        whole = torch.zeros(len(counts)).index_add(0, owner, blocks.amax(1) * weights)
        close = torch.zeros(len(counts), near.shape[1]).index_add(0, owner, near * weights[:, None]).amax(1)
        columns.append((share * whole + (1 - share) * close) / total)
    return torch.stack(columns, 1) * head.temperature.exp()


def train(head: TrainableHead, data: TrainingSet, *, epochs: int = EPOCHS, seed: int = 0) -> None:
    """Fit the head by the softmax over each bag's passages; the rates rise for six steps and fall to nothing."""
    groups = [
        {"params": list(head.changes.parameters()), "lr": ADAPTER_RATE},
        {"params": [head.projection], "lr": PROJECTION_RATE},
        {"params": [head.temperature, head.balance], "lr": TEMPERATURE_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    random = np.random.default_rng(seed)
    steps = epochs * math.ceil(len(set(data.right)) / BAG)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / 6) * max(0.02, 1 - step / steps)
    )
    for epoch in range(epochs):
        losses = []
        for bag in bags(data, random):
            loss = _loss(head, data, bag, random)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        _say(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}")


def bags(data: TrainingSet, random: np.random.Generator) -> Iterator[list[int]]:
    """Every passage that has questions once, in bags of look-alikes."""
    left = dict.fromkeys(int(place) for place in random.permutation(sorted(set(data.right))))
    while left:
        bag: list[int] = []
        while left and len(bag) < BAG:
            seed = next(iter(left))
            near = [place for place in random.permutation(data.alike[seed]).tolist() if place in left and place != seed]
            for place in [seed, *near[:3]]:
                del left[place]
                bag.append(place)
        yield bag


def _loss(head: TrainableHead, data: TrainingSet, bag: list[int], random: np.random.Generator) -> Tensor:
    asked = [place for place, right in enumerate(data.right) if right in bag]
    asked = sorted(random.permutation(asked)[:QUESTIONS].tolist())
    questions = [data.questions[place] for place in asked]
    rows, counts = head(questions)
    weights = torch.tensor([data.rarity[int(id_)] for text in questions for id_ in text.ids])
    scores = likeness(head, (rows, counts, weights), head([data.passages[place] for place in bag]))
    return functional.cross_entropy(scores, torch.tensor([bag.index(data.right[place]) for place in asked]))


def read_training_set(folder: Path, embedder: TokenEmbedder) -> TrainingSet:
    """The first half of a folder's corpus with the questions about it."""
    corpus = [json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8")]
    places = {row["_id"]: place for place, row in enumerate(corpus[: round(SHARE * len(corpus))])}
    texts = {row["_id"]: row["text"] for row in map(json.loads, (folder / "queries.jsonl").open(encoding="utf-8"))}
    pairs = [line.split("\t") for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    kept = [(query, places[text]) for query, text, _grade in pairs if text in places]
    passages = embedder.embed_tokens(
        [f"{row['title']}\n{row['text']}".strip() for row in corpus[: len(places)]], is_query=False, layer=INPUT_LAYER
    )
    questions = embedder.embed_tokens([texts[query] for query, _ in kept], is_query=True, layer=INPUT_LAYER)
    right = [place for _, place in kept]
    return TrainingSet(passages, questions, right, _alike(passages, questions, right), _rarity(passages, questions))


def _alike(
    passages: Sequence[TokenVectors], questions: Sequence[TokenVectors], right: Sequence[int]
) -> list[list[int]]:
    near = np.stack([text.pooled for text in questions]) @ np.stack([text.pooled for text in passages]).T
    found: list[dict[int, None]] = [{} for _ in passages]
    for row, place in zip(near, right, strict=True):
        found[place] |= dict.fromkeys(int(other) for other in np.argsort(-row, kind="stable")[:8] if other != place)
    return [list(places) for places in found]


def _rarity(passages: Sequence[TokenVectors], questions: Sequence[TokenVectors]) -> dict[int, float]:
    counts: dict[int, int] = {}
    for text in passages:
        for id_ in np.unique(text.ids).tolist():
            counts[id_] = counts.get(id_, 0) + 1
    ids = {int(id_) for text in questions for id_ in text.ids}
    return {id_: math.log(1 + (len(passages) - counts.get(id_, 0) + 0.5) / (counts.get(id_, 0) + 0.5)) for id_ in ids}


def new_head(model: Any, passages: Sequence[TokenVectors], scale: float) -> TrainableHead:
    """A head that starts as the model's own layers, projected on the principal directions of what they give."""
    torch.manual_seed(0)
    base = base_weights(model)
    head = TrainableHead(base, torch.eye(passages[0].vectors.shape[1]), scale)
    with torch.inference_mode():
        rows, _ = head(passages[:: max(1, len(passages) // 48)])
        _values, directions = torch.linalg.eigh(rows.T @ rows)
    head.projection = torch.nn.Parameter(directions[:, -WIDTH:].clone())
    return head


def layer_scale(model: Any) -> float:
    """The usual length of the input layer's rows, from the weights of the norm that ends it."""
    norm = model.encoder.layer[FIRST_LAYER - 1].output.LayerNorm
    return float(torch.sqrt((norm.weight.detach() ** 2 + norm.bias.detach() ** 2).sum()))


def main(arguments: Sequence[str] | None = None) -> None:
    """Train on a folder and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path(kb.retrieval.__file__).with_name("head.npz"))
    options = parser.parse_args(arguments)
    from transformers import AutoModel

    home = load_settings().home
    model = AutoModel.from_pretrained(default_model_folder(home), dtype=torch.float32)
    data = read_training_set(options.folder, open_embedder("", home))
    head = new_head(model, data.passages, layer_scale(model))
    train(head, data)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    head.save(options.out, f"{today} {options.folder.name} first {SHARE:.0%}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
