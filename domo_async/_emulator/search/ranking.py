"""Ranking of texts by the words that they share with a question (BM25)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

__all__ = ["ranked", "words"]

_WORD = re.compile(r"\w+")
_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75


def words(text: str) -> Counter[str]:
    """Return the words of a text with their counts."""
    return Counter(_WORD.findall(text.casefold()))


def ranked(question: str, texts: Mapping[str, Counter[str]]) -> Sequence[tuple[str, float]]:
    """Return the keys of the texts that contain a word of the question, the best first, with scores from 0 to 1.

    Args:
        question: The question.
        texts: The words of each text.
    """
    wanted = sorted(words(question))
    holding = {word: sum(word in text for text in texts.values()) for word in wanted}
    rarity = {
        word: math.log(1 + (len(texts) - count + 0.5) / (count + 0.5)) for word, count in holding.items() if count
    }
    mean = sum(text.total() for text in texts.values()) / max(len(texts), 1)
    scores = {key: _score(text, rarity, mean) for key, text in texts.items()}
    found = [(key, round(score / (1 + score), 8)) for key, score in scores.items() if score > 0]
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _score(text: Counter[str], rarity: Mapping[str, float], mean: float) -> float:
    length = 1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * text.total() / max(mean, 1)
    return sum(
        worth * text[word] * (_SATURATION + 1) / (text[word] + _SATURATION * length)
        for word, worth in rarity.items()
        if text[word]
    )
