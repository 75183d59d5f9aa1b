"""Every input of the corpus, and some changed ones; `make fuzz-parsers` tries ten million."""

from __future__ import annotations

import pytest

from tests.fuzz.parsers import CORPUS, MOST_BYTES, Mutator, corpus, mutate
from tests.fuzz.targets import SHARES, TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_the_corpus_behaves(target):
    inputs = corpus(target)
    assert inputs
    for data in inputs:
        TARGETS[target](data)


@pytest.mark.parametrize("target", TARGETS)
def test_changed_inputs_behave(target):
    mutate(target, 200, seed=7)


def test_inputs_are_a_function_of_their_seed():
    first, again, other = (Mutator(corpus("url"), seed) for seed in (1, 1, 2))
    tried = [[one.next() for _ in range(50)] for one in (first, again, other)]
    assert tried[0] == tried[1] != tried[2]
    assert all(len(data) <= MOST_BYTES for data in tried[0])


def test_a_failure_names_its_input(monkeypatch, capsys):
    monkeypatch.setitem(TARGETS, "query", lambda data: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        mutate("query", 1, seed=1)
    assert "query fails for b'" in capsys.readouterr().out


def test_the_corpus_is_small_and_every_target_has_its_share():
    files = [file for file in CORPUS.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 200_000
    assert set(SHARES) == set(TARGETS)
    assert sum(SHARES.values()) == pytest.approx(1)
