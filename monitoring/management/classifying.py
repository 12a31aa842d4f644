"""Lines of series classified on every processor; the answers stand in the order of the lines.

A verdict is pure Python and holds the interpreter's lock, so each processor needs a process of its own.
"""

import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

from monitoring.domain.rulesets import RULESETS
from monitoring.domain.terms import RuleSetId
from monitoring.domain.wire import Answer, Layout, classify_lines

LINES_AT_ONCE = 250  # some tenths of a second of work: handing them over costs little beside it
PIECES_AHEAD = 3  # for each process, so that a file of any length is never in memory whole
GARBAGE_THRESHOLD = 50_000  # verdicts hold no cycles: looking for them more often takes a tenth of the time


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of every line, as the command line said it."""

    rulesets: Sequence[RuleSetId]
    as_of: date | None
    layout: Layout


def classify_on_every_processor(lines: Iterable[bytes], asked: Asked) -> Iterator[Answer]:
    """Yield what `classify_lines` yields; raises BrokenProcessPool where a process was killed."""
    pieces = _pieces(lines)
    first, second = next(pieces, []), next(pieces, None)
    if second is None:
        yield from _answers(first, asked, is_first=True)
        return
    fork = multiprocessing.get_context("fork")  # nothing has to be imported again; this process has one thread
    processes = os.cpu_count() or 1
    pool = ProcessPoolExecutor(processes, fork, _begin)
    in_hand: deque[Future[list[Answer]]] = deque()
    try:
        for number, piece in enumerate(chain([first, second], pieces)):
            in_hand.append(pool.submit(_answers, piece, asked, is_first=number == 0))
            if len(in_hand) > PIECES_AHEAD * processes:
                yield from in_hand.popleft().result()
        while in_hand:
            yield from in_hand.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _pieces(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(lines)
    while piece := list(islice(rest, LINES_AT_ONCE)):
        yield piece


def _begin() -> None:
    """Begin a process: what is there stays, and an interruption is answered by the one that was asked."""
    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _answers(piece: list[bytes], asked: Asked, *, is_first: bool) -> list[Answer]:
    rulesets = [RULESETS[ruleset] for ruleset in asked.rulesets]
    return list(classify_lines(piece, rulesets, asked.as_of, asked.layout, headed=is_first))
