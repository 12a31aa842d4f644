"""A verdict as plain data: the answer of `manage.py classify`, and the form in which verdicts are stored.

The stored form holds everything, so that `verdict_from_dict` gives the same verdict back; the answer holds the keys
that other programs were promised. Numbers are texts, so that no reader rounds them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any

from monitoring.domain.terms import (
    EpisodeKind,
    EpisodeResponse,
    EpisodeStatus,
    FlagCode,
    Rule,
    RuleSetId,
    SampleClass,
    Tissue,
)
from monitoring.domain.verdicts import ClassedSample, Episode, Evidence, Flag, Verdict

_AMOUNTS = ("pct_abl1", "limit_pct_abl1", "fold", "log10", "floor_pct_abl1", "pct_baseline")

_quoted = encode_basestring_ascii
_TRUTHS = ("false", "true")
# How each field of a fact is written, in their order; texts are quoted where they come from outside.
_EVIDENCE_TEXTS: tuple[Callable[[Any], str], ...] = (
    '"fact":"{}"'.format,
    lambda result: f'"result":{_quoted(result)}',
    '"on":"{}"'.format,
    '"tissue":"{}"'.format,
    '"pct_abl1":"{:f}"'.format,
    '"limit_pct_abl1":"{:f}"'.format,
    '"fold":"{:f}"'.format,
    '"log10":"{:f}"'.format,
    '"days":{}'.format,
    '"floor_pct_abl1":"{:f}"'.format,
    '"pct_baseline":"{:f}"'.format,
    lambda _inherited: '"inherited":true',
)
_CLASS_TEXTS = {each: f',"class":"{each.value}"}}' for each in SampleClass}


def verdict_to_dict(verdict: Verdict) -> dict[str, object]:
    """Return the whole verdict as plain data, flags with their tissue and evidence."""
    return {
        "ruleset": verdict.ruleset.value,
        "state": verdict.state,
        "samples": _samples(verdict),
        "episodes": [_episode(episode) for episode in verdict.episodes],
        "flags": [_flag(flag) for flag in verdict.flags],
    }


def verdicts_to_texts(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Return the JSON text of `verdict_to_dict` of each verdict."""
    for verdict, told in _told(verdicts, _flag_text):
        yield f'{{"ruleset":"{verdict.ruleset}","state":"{verdict.state}",{told}}}'


def answers_to_texts(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Return state, samples, episodes with their evidence, and flags of each, as `manage.py classify` prints them."""
    for verdict, told in _told(verdicts, _bare_flag_text):
        yield f'{{"state":"{verdict.state}",{told}}}'


def _told(verdicts: Iterable[Verdict], flag_text: Callable[[Flag], str]) -> Iterator[tuple[Verdict, str]]:
    """Each verdict with the text of what it tells; what two of them share is written once."""
    before: Verdict | None = None
    told = ""
    for verdict in verdicts:
        if before is None or not _say_the_same(before, verdict):
            flags = ",".join([flag_text(flag) for flag in verdict.flags])
            told = f'"samples":[{_samples_text(verdict)}],"episodes":[{_episodes_text(verdict)}],"flags":[{flags}]'
        before = verdict
        yield verdict, told


def _say_the_same(one: Verdict, other: Verdict) -> bool:
    return one.samples is other.samples and one.episodes is other.episodes and one.flags is other.flags


def _samples_text(verdict: Verdict) -> str:
    return ",".join([f'{{"id":{_quoted(name)}{_CLASS_TEXTS[sample_class]}' for name, sample_class in verdict.samples])


def _episodes_text(verdict: Verdict) -> str:
    return ",".join([_episode_text(episode) for episode in verdict.episodes])


def _episode_text(episode: Episode) -> str:
    """The JSON text of `_episode`."""
    responses = ",".join([f'"{tissue}":"{response}"' for tissue, response in episode.response.items()])
    return (
        f'{{"kind":"{episode.kind}","rule":"{episode.rule}","status":"{episode.status}",'
        f'"number":{_number_text(episode.number)},"tissue":"{episode.tissue}",'
        f'"relapse_on":"{episode.relapse_on}","confirmed_on":{_code_text(episode.confirmed_on)},'
        f'"late":{_TRUTHS[episode.late]},"waived":{_TRUTHS[episode.waived]},'
        f'"index":{_quoted(episode.index)},"confirmed_by":{_id_text(episode.confirmed_by)},'
        f'"response":{{{responses}}},"because":{_because_text(episode.because)}}}'
    )


def _number_text(number: int | None) -> str:
    return "null" if number is None else str(number)


def _code_text(told: date | Tissue | None) -> str:
    """A day or a code: nothing in it has to be quoted."""
    return "null" if told is None else f'"{told}"'


def _id_text(name: str | None) -> str:
    return "null" if name is None else _quoted(name)


def _flag_text(flag: Flag) -> str:
    return (
        f'{{"code":"{flag.code}","on":{_code_text(flag.on)},"result":{_id_text(flag.result)},'
        f'"tissue":{_code_text(flag.tissue)},"because":{_because_text(flag.because)}}}'
    )


def _bare_flag_text(flag: Flag) -> str:
    return f'{{"code":"{flag.code}","on":{_code_text(flag.on)},"result":{_id_text(flag.result)}}}'


def _because_text(facts: tuple[Evidence, ...]) -> str:
    return f"[{','.join([_evidence_text(fact) for fact in facts])}]"


def _evidence_text(fact: Evidence) -> str:
    """The JSON text of `_evidence`."""
    told = [
        written(value)
        for written, value in zip(_EVIDENCE_TEXTS, fact, strict=True)
        if value is not None and value is not False
    ]
    return f"{{{','.join(told)}}}"


def _samples(verdict: Verdict) -> list[dict[str, str]]:
    return [{"id": sample.id, "class": sample.sample_class.value} for sample in verdict.samples]


def _episode(episode: Episode) -> dict[str, object]:
    return {
        "kind": episode.kind.value,
        "rule": episode.rule.value,
        "status": episode.status.value,
        "number": episode.number,
        "tissue": episode.tissue.value,
        "relapse_on": _day(episode.relapse_on),
        "confirmed_on": _day(episode.confirmed_on),
        "late": episode.late,
        "waived": episode.waived,
        "index": episode.index,
        "confirmed_by": episode.confirmed_by,
        "response": {tissue.value: response.value for tissue, response in episode.response.items()},
        "because": [_evidence(fact) for fact in episode.because],
    }


def _flag(flag: Flag) -> dict[str, object]:
    return {
        "code": flag.code.value,
        "on": _day(flag.on),
        "result": flag.result,
        "tissue": None if flag.tissue is None else flag.tissue.value,
        "because": [_evidence(fact) for fact in flag.because],
    }


def _evidence(fact: Evidence) -> dict[str, object]:
    """Only what the fact tells; what is left out is None or False."""
    told: dict[str, object] = {}
    for name, value in zip(Evidence._fields, fact, strict=True):
        if value is not None and value is not False:
            plain = _PLAIN.get(type(value))
            told[name] = value if plain is None else plain(value)
    return told


def _digits(amount: Decimal) -> str:
    return format(amount, "f")


_PLAIN: Mapping[type, Callable[[Any], str]] = {
    Decimal: _digits,
    date: date.isoformat,
    Tissue: str,
}


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def verdict_from_dict(stored: Mapping[str, Any]) -> Verdict:
    """Return the verdict that `verdict_to_dict` made plain."""
    return Verdict(
        ruleset=RuleSetId(stored["ruleset"]),
        state=stored["state"],
        samples=tuple(ClassedSample(sample["id"], SampleClass(sample["class"])) for sample in stored["samples"]),
        episodes=tuple(_episode_from(episode) for episode in stored["episodes"]),
        flags=tuple(_flag_from(flag) for flag in stored["flags"]),
    )


def _episode_from(stored: Mapping[str, Any]) -> Episode:
    return Episode(
        kind=EpisodeKind(stored["kind"]),
        rule=Rule(stored["rule"]),
        status=EpisodeStatus(stored["status"]),
        number=stored["number"],
        tissue=Tissue(stored["tissue"]),
        relapse_on=date.fromisoformat(stored["relapse_on"]),
        confirmed_on=_day_from(stored["confirmed_on"]),
        late=stored["late"],
        waived=stored["waived"],
        index=stored["index"],
        confirmed_by=stored["confirmed_by"],
        response={Tissue(tissue): EpisodeResponse(how) for tissue, how in stored["response"].items()},
        because=tuple(_evidence_from(fact) for fact in stored["because"]),
    )


def _flag_from(stored: Mapping[str, Any]) -> Flag:
    return Flag(
        code=FlagCode(stored["code"]),
        on=_day_from(stored["on"]),
        result=stored["result"],
        tissue=None if stored["tissue"] is None else Tissue(stored["tissue"]),
        because=tuple(_evidence_from(fact) for fact in stored["because"]),
    )


def _evidence_from(stored: Mapping[str, Any]) -> Evidence:
    told = dict(stored)
    told.update({name: Decimal(told[name]) for name in _AMOUNTS if name in told})
    if "on" in told:
        told["on"] = date.fromisoformat(told["on"])
    if "tissue" in told:
        told["tissue"] = Tissue(told["tissue"])
    return Evidence(**told)


def _day_from(on: str | None) -> date | None:
    return None if on is None else date.fromisoformat(on)
