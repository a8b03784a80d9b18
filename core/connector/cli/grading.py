"""`connector plugins check`: what the contract tests found of a plugin, its grade, and what the next one takes."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import click

from connector.cli.wiring import print_json
from connector.errors import NotFound
from connector.plugins import Offer, Plugins
from connector.report import amount
from connector.testing.quality import Evidence, Grade, Grading, examined, graded
from connector.testing.results import Outcome

_PLACES: Final = "{places}"


def check_offers(found: Plugins, name: str, as_json: bool) -> int:
    """Tries what has this name, a source, a target or both, and prints what came of it; returns the exit code.

    Raises NotFound for a name nobody has, NoCase where a plugin can't be tried.
    """
    tried = [(kind, offer, examined(offer)) for kind, offer in _offers(found, name)]
    results = [(kind, offer, evidence, graded(evidence)) for kind, offer, evidence in tried]
    if as_json:
        print_json({"plugins": [_as_data(*each) for each in results]})
    else:
        click.echo("\n\n".join("\n".join(_lines(*each)) for each in results))
    return int(any(evidence.report.failures for _, _, evidence in tried))


def _offers(found: Plugins, name: str) -> Sequence[tuple[str, Offer[Any]]]:
    kinds = (("source", found.sources), ("target", found.targets))
    offers = [(kind, offers[name]) for kind, offers in kinds if name in offers]
    if not offers:
        names = sorted({*found.sources, *found.targets})
        close = difflib.get_close_matches(name, names, 1)
        meant = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(names) or 'none'}"
        faults = tuple(f"plugin package {fault.package}: {fault.reason}" for fault in found.faults)
        raise NotFound(f"no plugin `{name}` is installed; {meant}", faults)
    return offers


def _lines(kind: str, offer: Offer[Any], evidence: Evidence, grading: Grading) -> Iterator[str]:
    yield f"{kind} {offer.name} from {offer.package} {offer.version}"
    if evidence.real_test is not None:
        said = evidence.real_test
        yield f"tried on {said.system}, its package says: {said.test}"
    yield ""
    yield f"{'group':14} passed failed skipped"
    for group in evidence.report.groups:
        if group.passed or group.failed or group.skipped:
            counts = f"{group.passed:6} {group.failed:6} {group.skipped:7}"
            yield f"{group.group:14} {counts}  {group.group.words}"
    for failure in evidence.report.failures:
        yield f"\nFAILED {failure.group}: {failure.check}"
        yield "\n".join(f"  {line}" for line in failure.text.splitlines())
    if skipped := list(_skipped(evidence)):
        yield "\nskipped"
        yield from (f"  {reason}" for reason in skipped)
    yield ""
    for each in grading.demands:
        missing = f": {each.lacking}" if each.lacking else ""
        yield f"{each.demand.grade:7} {'LACKS' if missing else 'ok':6} {each.demand.words}{missing}"
    yield ""
    yield _verdict(offer, grading)


def _verdict(offer: Offer[Any], grading: Grading) -> str:
    reached, above = grading.grade, grading.next
    said = f"{offer.name}: {'no grade' if reached is Grade.NONE else reached} ({reached.words})"
    if above is None:
        return said
    return f"{said}; {amount(len(grading.missing_for(above)), 'thing')} missing for {above}"


def _skipped(evidence: Evidence) -> Iterator[str]:
    """Yields each reason for which tests were skipped once, with their number; those for want of a place as one."""
    tests, places = Counter[str](), dict[str, list[str]]()
    for result in evidence.report.results:
        if result.outcome is Outcome.SKIPPED:
            place = next((each for each in evidence.lacks if f" {each}:" in result.text), "")
            reason = result.text.replace(f" {place}:", f" {_PLACES}:") if place else result.text
            tests[reason] += 1
            places.setdefault(reason, []).append(place)
    for reason, number in tests.items():
        yield f"{reason.replace(_PLACES, ', '.join(dict.fromkeys(places[reason])))} ({amount(number, 'test')})"


def _as_data(kind: str, offer: Offer[Any], evidence: Evidence, grading: Grading) -> dict[str, Any]:
    return {
        "kind": kind,
        "name": offer.name,
        "package": offer.package,
        "version": offer.version,
        "grade": grading.grade,
        "next_grade": grading.next,
        "demands": [
            {"grade": each.demand.grade, "demand": each.demand.words, "lacking": each.lacking}
            for each in grading.demands
        ],
        "groups": evidence.report.groups,
        "tests": [
            {"group": each.group, "test": each.check, "outcome": each.outcome, "text": each.text}
            for each in evidence.report.results
        ],
        "real_test": evidence.real_test,
    }
