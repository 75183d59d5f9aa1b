"""Text in the order in which it is drawn, for drawing libraries that set letters from left to right one by one.

Arabic letters get the forms in which they are joined; runs that are written from the right are turned round.
Source: Unicode Standard Annex 9 (without explicit embeddings and paired brackets); Unicode Standard, 9.2 (joining).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Final

_RIGHT: Final = frozenset({"R", "AL"})
_STRONG: Final = frozenset({"L", "R", "AL"})
_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON"})
_FORMS: Final = (range(0xFB50, 0xFE00), range(0xFE70, 0xFF00))
_JOINER: Final = "\u200d"
_TATWEEL: Final = "\u0640"
_MIRRORED: Final = str.maketrans("()[]{}<>«»‹›≤≥", ")(][}{><»«›‹≥≤")

Forms = dict[str, str]
"""Form (isolated, initial, medial, final) -> the letter that looks so."""
Cluster = tuple[int, str]
"""The place of a letter, and what is drawn of it and its marks."""


def is_plain(text: str) -> bool:
    """Whether nothing of the text is written from the right."""
    return text.isascii() or not any(unicodedata.bidirectional(one) in _RIGHT for one in text)


def drawn(line: str) -> str:
    """One line of text, letter by letter from left to right, as it is to be drawn."""
    if is_plain(line):
        return line
    shaped = joined(line)
    levels = _levels(shaped)
    letters = [one.translate(_MIRRORED) if level % 2 else one for one, level in zip(shaped, levels, strict=True)]
    clusters = _clusters(shaped, letters)
    for level in range(max(levels), 0, -1):
        clusters = list(_turned(clusters, [levels[place] >= level for place, _ in clusters]))
    return "".join(text for _, text in clusters)


def _turned(clusters: Sequence[Cluster], marks: Sequence[bool]) -> Iterator[Cluster]:
    """The clusters, each run of marked ones in reverse."""
    for is_marked, run in groupby(zip(marks, clusters, strict=True), lambda pair: pair[0]):
        members = [cluster for _, cluster in run]
        yield from reversed(members) if is_marked else members


def joined(text: str) -> str:
    """The text with Arabic letters in the forms that their neighbours ask for; lam and alef become one."""
    letters = list(_with_ligatures(text))
    return "".join(_form(letters, index) for index in range(len(letters)))


def _clusters(shaped: str, letters: Sequence[str]) -> list[Cluster]:
    """Each letter with the marks that belong on it: its place, and what is drawn."""
    clusters: list[Cluster] = []
    for index, letter in enumerate(letters):
        if clusters and unicodedata.bidirectional(shaped[index]) == "NSM":
            clusters[-1] = (clusters[-1][0], clusters[-1][1] + letter)
        else:
            clusters.append((index, letter))
    return clusters


# ---- joining


@cache
def _letter_forms() -> dict[str, Forms]:
    """Of each letter (or pair of letters) that joins, its forms."""
    found: dict[str, Forms] = {}
    for span in _FORMS:
        for code in span:
            form, *parts = unicodedata.decomposition(chr(code)).split() or [""]
            text = "".join(chr(int(part, 16)) for part in parts)
            if form.strip("<>") in {"isolated", "initial", "medial", "final"} and not text.startswith(" "):
                found.setdefault(text, {}).setdefault(form.strip("<>"), chr(code))
    return found


def _with_ligatures(text: str) -> Iterator[str]:
    """The letters, lam with a following alef as one."""
    known, skipped = _letter_forms(), False
    for one, following in zip(text, [*text[1:], ""], strict=True):
        if skipped:
            skipped = False
            continue
        skipped = one == "\u0644" and f"{one}{following}" in known and following in "\u0622\u0623\u0625\u0627"
        yield f"{one}{following}" if skipped else one


def _form(letters: Sequence[str], index: int) -> str:
    letter = letters[index]
    forms = _letter_forms().get(letter)
    if forms is None:
        return letter
    before, after = _neighbour(letters, index, -1), _neighbour(letters, index, 1)
    joins_before = _joins(before, "initial") and _joins(letter, "final")
    joins_after = _joins(letter, "initial") and _joins(after, "final")
    form = {(True, True): "medial", (True, False): "final", (False, True): "initial"}.get(
        (joins_before, joins_after), "isolated"
    )
    return forms.get(form) or forms.get("isolated") or letter


def _neighbour(letters: Sequence[str], index: int, step: int) -> str:
    """The next letter on one side; marks between do not part letters."""
    index += step
    while 0 <= index < len(letters) and unicodedata.category(letters[index][0]) in {"Mn", "Me"}:
        index += step
    return letters[index] if 0 <= index < len(letters) else ""


def _joins(letter: str, form: str) -> bool:
    return letter in {_JOINER, _TATWEEL} or form in _letter_forms().get(letter, {})


# ---- directions


def _levels(text: str) -> list[int]:
    """The embedding level of each letter. Source: Annex 9, P2, W1-W7, N1-N2, I1-I2, L1."""
    kinds = [unicodedata.bidirectional(one) or "L" for one in text]
    base = next((int(kind in _RIGHT) for kind in kinds if kind in _STRONG), 0)
    side = "R" if base else "L"
    original = list(kinds)
    _resolve_weak(kinds, side)
    _resolve_neutral(kinds, side)
    levels = [_level(kind, base) for kind in kinds]
    for index in range(len(levels) - 1, -1, -1):
        if original[index] not in {"WS", "B", "S"}:
            break
        levels[index] = base
    return levels


def _level(kind: str, base: int) -> int:
    if kind == "R":
        return 1
    if kind in {"EN", "AN"}:
        return 2
    return 2 if base else 0


def _resolve_weak(kinds: list[str], side: str) -> None:
    _resolve_marks_and_numbers(kinds, side)
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for index in range(1, len(kinds) - 1):
        around = {kinds[index - 1], kinds[index + 1]}
        if kinds[index] in {"ES", "CS"} and around == {"EN"}:
            kinds[index] = "EN"
        elif kinds[index] == "CS" and around == {"AN"}:
            kinds[index] = "AN"
    _resolve_terminators(kinds)
    strong = side
    for index, kind in enumerate(kinds):
        if kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"


def _resolve_marks_and_numbers(kinds: list[str], side: str) -> None:
    """Marks are like what they stand on; numbers behind Arabic letters are Arabic ones."""
    strong = side
    for index in range(len(kinds)):
        if kinds[index] == "NSM":
            kinds[index] = kinds[index - 1] if index else side
        if kinds[index] in _STRONG:
            strong = kinds[index]
        if kinds[index] == "EN" and strong == "AL":
            kinds[index] = "AN"


def _resolve_terminators(kinds: list[str]) -> None:
    """Signs beside numbers belong to them; other separators are neutral."""
    start = 0
    for kind, run in groupby(list(kinds)):
        end = start + len(list(run))
        if kind == "ET":
            is_beside = (start > 0 and kinds[start - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")
            kinds[start:end] = ["EN" if is_beside else "ON"] * (end - start)
        elif kind in {"ES", "CS", "BN"}:
            kinds[start:end] = ["ON"] * (end - start)
        start = end


def _resolve_neutral(kinds: list[str], side: str) -> None:
    """Neutral letters between two runs of one direction take it; else that of the text."""
    start = 0
    for is_neutral, run in groupby(list(kinds), lambda kind: kind in _NEUTRAL):
        end = start + len(list(run))
        if is_neutral:
            left = _side_of(kinds[start - 1]) if start else side
            right = _side_of(kinds[end]) if end < len(kinds) else side
            kinds[start:end] = [left if left == right else side] * (end - start)
        start = end


def _side_of(kind: str) -> str:
    return "L" if kind == "L" else "R"
