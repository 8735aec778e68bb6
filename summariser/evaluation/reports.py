"""All documents of one model, prompt or tool together, and several of these side by side."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from summariser.evaluation.form import Made
from summariser.evaluation.scoring import Scored, Tally, score
from summariser_schemas import Brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import BaseModel

    from summariser.evaluation.form import Gold

__all__ = ["Interval", "Report", "as_json", "as_markdown", "as_text", "evaluate"]

_RESAMPLES = 1000
_TAIL = 0.025
_SEED = 1


class Interval(NamedTuple):
    """A 95 % confidence interval, from the bootstrap over documents."""

    low: float
    high: float


@dataclass(frozen=True)
class Report:
    """All documents of one model, prompt or tool."""

    name: str
    documents: tuple[Scored, ...]

    @property
    def failed(self) -> tuple[Scored, ...]:
        """The documents without a brief."""
        return tuple(d for d in self.documents if d.error is not None)

    @cached_property
    def sections(self) -> dict[str, Tally]:
        """The tally of each section, over all documents."""
        return _pooled(self.documents)

    @property
    def mean_f1(self) -> float:
        """Mean of the sections' F1, without sections that have neither gold nor items."""
        return _mean_f1(self.sections)

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """Of each section's ``precision``, ``recall`` and ``f1``, under ``section.measure``, and of ``mean_f1``.

        Documents are drawn with replacement, always the same ones. A single document tells nothing about others: there
        are no intervals then.
        """
        if len(self.documents) < 2:
            return {}
        chance = random.Random(_SEED)  # noqa: S311 # no secret
        drawn: dict[str, list[float]] = {}
        for _ in range(_RESAMPLES):
            tallies = _pooled(chance.choices(self.documents, k=len(self.documents)))
            drawn.setdefault("mean_f1", []).append(_mean_f1(tallies))
            for section, tally in tallies.items():
                for measure in ("precision", "recall", "f1"):
                    value = getattr(tally, measure)
                    if value is not None:
                        drawn.setdefault(f"{section}.{measure}", []).append(value)
        return {name: _between(values) for name, values in drawn.items()}

    @property
    def fields(self) -> dict[str, tuple[int, int]]:
        """Of the fields of paired items, under ``section.field``: how many agree, of how many."""
        right: Counter[str] = Counter()
        all_: Counter[str] = Counter()
        for document in self.documents:
            for section, scored in document.sections.items():
                for name, (agreeing, compared) in scored.fields.items():
                    right[f"{section}.{name}"] += agreeing
                    all_[f"{section}.{name}"] += compared
        order = list(self.sections)
        return {n: (right[n], all_[n]) for n in sorted(all_, key=lambda n: (order.index(n.partition(".")[0]), n))}

    @property
    def grounded(self) -> float | None:
        """Share of the briefs' items whose evidence stands in the text; None when there are no items."""
        scores = [s for d in self.documents for s in d.sections.values()]
        items = sum(s.items for s in scores)
        return sum(s.grounded for s in scores) / items if items else None

    @property
    def made_up(self) -> float | None:
        """Items a brief that pair with nothing in the gold; None when there are no briefs."""
        briefs = [d for d in self.documents if d.error is None]
        return sum(len(s.made_up) for d in briefs for s in d.sections.values()) / len(briefs) if briefs else None

    @property
    def omitted(self) -> float:
        """Items a document that the gold has and the brief has not."""
        return sum(len(s.omitted) for d in self.documents for s in d.sections.values()) / len(self.documents)

    def mean_cost(self, name: str) -> float | None:
        """Mean of a figure of `Cost` over the briefs; None when that of any of them is unknown."""
        values = [getattr(d.cost, name) for d in self.documents if d.error is None]
        return None if not values or None in values else float(sum(values) / len(values))

    @property
    def new_tokens(self) -> float | None:
        """Tokens a brief that came from no prompt cache: output, and input without what was cached."""
        parts = [self.mean_cost(name) for name in ("input_tokens", "output_tokens")]
        cached = self.mean_cost("cached_tokens") or 0.0
        return None if None in parts else sum(cast("list[float]", parts)) - cached


def evaluate(name: str, golds: Sequence[Gold], made: Iterable[Made], *, brief: type[BaseModel] = Brief) -> Report:
    """Score all documents of the gold; one that has no brief counts as failed. Briefs of other documents are ignored.

    A brief belongs to the gold with its text, else to that with its id.
    """
    by_text: dict[str, Made] = {}
    by_id: dict[str, Made] = {}
    for one in made:
        by_id[one.id] = one
        if one.sha256 is not None:
            by_text[one.sha256] = one
    found = (by_text.get(g.document.sha256) or by_id.get(g.id) or Made(g.id, None) for g in golds)
    return Report(name, tuple(score(g, m, brief=brief) for g, m in zip(golds, found, strict=True)))


def _pooled(documents: Iterable[Scored]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for document in documents:
        for name, scored in document.sections.items():
            tallies[name] = tallies.get(name, Tally()) + scored.tally
    return tallies


def _mean_f1(tallies: Mapping[str, Tally]) -> float:
    values = [tally.f1 for tally in tallies.values() if tally.f1 is not None]
    return sum(values) / len(values) if values else 0.0


def _between(values: list[float]) -> Interval:
    ordered = sorted(values)
    tail = int(len(ordered) * _TAIL)
    return Interval(ordered[tail], ordered[-1 - tail])


# For reading


def as_text(reports: Sequence[Report]) -> str:
    """One table, a column a report, in aligned columns."""
    table = _table(reports)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([*lines, ""])


def as_markdown(reports: Sequence[Report]) -> str:
    """One table, a column a report, in Markdown."""
    head, *rows = [[cell.replace("|", "\\|") for cell in row] for row in _table(reports)]
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join([*lines, ""])


def as_json(reports: Sequence[Report]) -> str:
    """Everything, with the items that were made up and omitted, document by document."""
    return json.dumps({"reports": [_told(report) for report in reports]}, indent=2, ensure_ascii=False, default=str)


def _table(reports: Sequence[Report]) -> list[list[str]]:
    rows: list[list[str]] = [["", *(r.name for r in reports)]]
    rows.append(["documents", *(str(len(r.documents)) for r in reports)])
    rows.append(["failed", *(str(len(r.failed)) for r in reports)])
    for section in dict.fromkeys(name for r in reports for name in r.sections):
        rows.append([f"{section} F1", *(_f1_cell(r, section) for r in reports)])
        rows.append([f"{section} P / R", *(_precision_cell(r.sections[section]) for r in reports)])
    rows.append(["mean F1", *(f"{r.mean_f1:.2f}{_range(r.intervals.get('mean_f1'))}" for r in reports)])
    rows.append(["grounded", *("–" if r.grounded is None else f"{r.grounded:.1%}" for r in reports)])
    rows.append(["made up a brief", *(_number(r.made_up, 1) for r in reports)])
    rows.append(["omitted a document", *(_number(r.omitted, 1) for r in reports)])
    for name in dict.fromkeys(name for r in reports for name in r.fields):
        rows.append([f"{name} right", *(_share(r.fields.get(name)) for r in reports)])
    for label, cost in (("tokens in", "input_tokens"), ("of these cached", "cached_tokens"), ("out", "output_tokens")):
        rows.append([label, *(_number(r.mean_cost(cost), 0) for r in reports)])
    rows.append(["uncached in + out", *(_number(r.new_tokens, 0) for r in reports)])
    rows.append(["dollars", *(_dollars(r.mean_cost("dollars")) for r in reports)])
    rows.append(["seconds", *(_number(r.mean_cost("seconds"), 1) for r in reports)])
    return rows


def _f1_cell(report: Report, section: str) -> str:
    f1 = report.sections[section].f1
    return "–" if f1 is None else f"{f1:.2f}{_range(report.intervals.get(f'{section}.f1'))}"


def _precision_cell(tally: Tally) -> str:
    return f"{_number(tally.precision, 2)} / {_number(tally.recall, 2)}"


def _range(interval: Interval | None) -> str:
    return "" if interval is None else f" ({interval.low:.2f}–{interval.high:.2f})"


def _number(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:,.{places}f}"


def _dollars(value: float | None) -> str:
    return "–" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _share(counts: tuple[int, int] | None) -> str:
    return "–" if counts is None else f"{counts[0] / counts[1]:.2f} ({counts[0]} of {counts[1]})"


def _told(report: Report) -> dict[str, Any]:
    intervals = report.intervals
    costs = ("input_tokens", "cached_tokens", "output_tokens", "dollars", "seconds")
    return {
        "name": report.name,
        "documents": len(report.documents),
        "failed": {d.id: d.error for d in report.failed},
        "sections": {
            name: _tally_told(tally)
            | {f"{m}_interval": intervals.get(f"{name}.{m}") for m in ("precision", "recall", "f1")}
            for name, tally in report.sections.items()
        },
        "mean_f1": report.mean_f1,
        "mean_f1_interval": intervals.get("mean_f1"),
        "grounded": report.grounded,
        "made_up_per_brief": report.made_up,
        "omitted_per_document": report.omitted,
        "fields": {name: {"right": right, "of": of} for name, (right, of) in report.fields.items()},
        "per_brief": {name: report.mean_cost(name) for name in costs} | {"new_tokens": report.new_tokens},
        "by_document": [
            {
                "id": document.id,
                "error": document.error,
                "sections": {
                    name: _tally_told(scored.tally)
                    | {
                        "items": scored.items,
                        "grounded": scored.grounded,
                        "made_up": [dict(entry.fields) for entry in scored.made_up],
                        "omitted": [dict(entry.fields) for entry in scored.omitted],
                    }
                    for name, scored in document.sections.items()
                },
            }
            for document in report.documents
        ],
    }


def _tally_told(tally: Tally) -> dict[str, Any]:
    return {
        "right": tally.right,
        "given": tally.given,
        "wanted": tally.wanted,
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
    }
