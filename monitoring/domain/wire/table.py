"""Verdicts as a table for people at a terminal: one line per series and rule set."""

from collections.abc import Iterable

from monitoring.domain.verdicts import Episode, Flag, Verdict

WIDTHS = (16, 10, 18)
NO_ID = "-"


def _row(*cells: str) -> str:
    *fixed, last = cells
    return "  ".join([cell.ljust(width) for cell, width in zip(fixed, WIDTHS, strict=False)] + [last]).rstrip()


TABLE_HEADING = _row("series", "rule set", "state", "episodes | flags")


def table_lines(asked_as: str | int | None, verdicts: Iterable[Verdict]) -> str:
    """Return one line per verdict: series, rule set, state, then episodes and flags with their days."""
    return "\n".join(
        _row(_id(asked_as), verdict.ruleset.value, verdict.state, _findings(verdict)) for verdict in verdicts
    )


def table_error(asked_as: str | int | None, sentence: str) -> str:
    """Return the line of a series that could not be read."""
    return _row(_id(asked_as), "error", "", sentence)


def _id(asked_as: str | int | None) -> str:
    return NO_ID if asked_as is None else str(asked_as)


def _findings(verdict: Verdict) -> str:
    episodes = "; ".join(_episode(episode) for episode in verdict.episodes)
    flags = ", ".join(_flag(flag) for flag in verdict.flags)
    return f"{episodes} | {flags}" if episodes and flags else episodes or flags


def _episode(episode: Episode) -> str:
    words = [episode.rule.value, episode.status.value, episode.tissue.value, episode.relapse_on.isoformat()]
    if episode.number is not None:
        words.insert(0, f"#{episode.number}")
    if episode.confirmed_on is not None:
        words.append(f"by {episode.confirmed_on.isoformat()}")
    words += [name for name, holds in (("late", episode.late), ("waived", episode.waived)) if holds]
    words += [f"{tissue.value} {response.value}" for tissue, response in episode.response.items()]
    return " ".join(words)


def _flag(flag: Flag) -> str:
    return flag.code.value if flag.on is None else f"{flag.code.value} {flag.on.isoformat()}"
