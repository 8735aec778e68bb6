"""What decides how a brief comes out: the model, the prompt, how it is asked, and what becomes of what does not hold."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, cast

from typing_extensions import TypeVar

from summariser import costs, declaring, drafting, kinds, retelling, templates
from summariser.asking import Plan
from summariser.dialogue import dialogue
from summariser.examples import Example, digest, turns, work
from summariser.grounding.verdicts import Policy
from summariser.version import __version__
from summariser_schemas import BaseBrief, Brief, PromptInfo, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from summariser.dialogue import Finding
    from summariser.driving import Steps
    from summariser.exchange import Usage
    from summariser.settings import Endpoint
    from summariser.templates import Prompt
    from summariser_schemas import Document

__all__ = ["B", "Recipe", "Strategy"]

B = TypeVar("B", bound=BaseBrief, default=Brief)
"""The class of brief that is made; `Brief` where none is named."""

Strategy = Literal["auto", "whole", "sentences"]

PROMPT = ("brief", "v1")
"""Name and version of the prompt for the brief of a news text."""
ANY_PROMPT = ("any", "v1")
"""That for all other briefs."""
_SECOND_LOOKS = 2
"""Most rounds of asking for what was left out."""


@dataclass(frozen=True)
class Recipe(Generic[B]):
    """How briefs are made. The same recipe, document and answers give the same brief, byte for byte."""

    endpoint: Endpoint
    strategy: Literal["whole", "sentences"]
    policy: Policy
    price: costs.Price | None = None
    """What tokens cost where it is no list price."""
    batch_price: costs.Price | None = None
    """Likewise in the provider's batches."""
    output_language: str | None = None
    """What the free text is written in; None for each document's own language."""
    second_look: bool = False
    """Whether to ask for what the answers left out."""
    schema: type[B] = Brief  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType] # the default of B
    """What is made of a document."""
    examples: tuple[Example, ...] = ()
    """Worked examples that come with the schema."""
    prompts: str | None = None
    """A folder of the user's own prompts; None for those of this package."""

    @classmethod
    def of(
        cls,
        endpoint: Endpoint,
        *,
        strategy: Strategy,
        policy: Policy | str,
        price: costs.Price | str | None = None,
        batch_price: costs.Price | str | None = None,
        output_language: str | None = None,
        second_look: bool = False,
        schema: type[B] | None = None,
        examples: Sequence[Example] | None = None,
        prompts: str | None = None,
    ) -> Recipe[B]:
        """A recipe from what a user says; ``auto`` decides by the model. Schema, examples and prompt are checked.

        Raises:
            ConfigurationError: there is no such policy or language, or the price cannot be read.
            DeclarationError: the schema cannot be a brief, or an example does not hold in its own text.
            TemplateError: a prompt file is missing, broken or has a variable that does not exist.
        """
        made = cast("type[B]", Brief) if schema is None else schema
        declaring.check(made)
        if strategy == "auto":
            strategy = endpoint.strategy
        recipe = cls(
            endpoint,
            strategy,
            Policy.named(policy) if isinstance(policy, str) else policy,
            costs.Price.read(price) if isinstance(price, str) else price,
            costs.Price.read(batch_price) if isinstance(batch_price, str) else batch_price,
            retelling.wanted(output_language),
            second_look,
            made,
            tuple(kinds.examples_of(made) if examples is None else examples),
            prompts,
        )
        for kind in recipe.prompt.kinds:
            recipe.prompt.question(kind, outline="")
        _ = recipe.plan  # an example that does not hold is told now
        return recipe

    @cached_property
    def prompt(self) -> Prompt:
        """The prompt in use."""
        name, version = PROMPT if drafting.reads_acts(self.schema) else ANY_PROMPT
        return templates.load(name, version) if self.prompts is None else templates.latest(name, folder=self.prompts)

    @cached_property
    def plan(self) -> Plan:
        """What a dialogue needs to know."""
        return Plan(
            prompt=self.prompt,
            strategy=self.strategy,
            context=self.endpoint.context,
            max_output=self.endpoint.max_output,
            policy=self.policy,
            output_language=self.output_language,
            second_looks=_SECOND_LOOKS if self.second_look else 0,
            brief=self.schema,
            examples=turns(self.schema, self.prompt, work(self.schema, self.examples)),
        )

    @cached_property
    def asking(self) -> Mapping[str, str]:
        """All that decides what a model is asked and what it answers, beside the document, by name.

        What is done with the answers (the verifier, the policy) is no part of it: they can be read again for nothing.
        """
        return {
            "model": self.endpoint.name,
            "endpoint": self.endpoint.base_url,
            "prompt": f"{self.prompt.name}/{self.prompt.version} {self.prompt.sha256[:12]}",
            "schema": drafting.schema_digest(self.schema)[:12],
            "strategy": self.strategy,
            "tokens": f"{self.endpoint.context}/{self.endpoint.max_output}",
            **({"examples": told[:12]} if (told := digest(self.examples)) else {}),
            **({"second look": "yes"} if self.second_look else {}),
            **({"output language": self.output_language} if self.output_language else {}),
        }

    @cached_property
    def reading(self) -> str:
        """All that decides what is made of the answers: the version of this package and the policy."""
        policy = self.policy
        return f"{__version__} {policy.derived}/{policy.contradicted}/{policy.absent}"

    @cached_property
    def asking_digest(self) -> bytes:
        """SHA-256 of `asking`."""
        return hashlib.sha256(json.dumps(dict(self.asking), sort_keys=True).encode()).digest()

    def cost(self, usage: Usage, model: str | None, *, batch: bool = False) -> Decimal | None:
        """Dollars for tokens used, as `costs.dollars` has it; unknown for a batch when only the ordinary price was told."""
        if not batch:
            return costs.dollars(self.endpoint, model, usage, self.price)
        if self.price is not None and self.batch_price is None:
            return None
        return costs.dollars(self.endpoint, model, usage, self.batch_price, batch=True)

    def cost_of(self, answers: Iterable[tuple[Usage, str | None, bool]]) -> Decimal | None:
        """Dollars that answers have cost together, each its tokens, its model, and whether it came by a batch; None when that
        of one is not known.
        """
        found = [self.cost(usage, model, batch=batch) for usage, model, batch in answers]
        return None if None in found else sum((cost for cost in found if cost is not None), Decimal(0))

    def steps(
        self,
        document: Document,
        *,
        extra: Mapping[str, Any] = MappingProxyType({}),
        paid: Sequence[tuple[Usage, str | None, bool]] = (),
    ) -> Steps[B]:
        """The dialogue about a document, and the brief that comes of it.

        ``extra`` are the other columns of its row; ``paid`` is what each answer used, its model and whether it came by a batch,
        as known when the dialogue ends.
        """
        brief = self.brief((yield from dialogue(document, self.plan)))
        if any(batch for *_, batch in paid):
            known = brief.provenance.model_copy(update={"cost_usd": self.cost_of(paid)})
            brief = brief.model_copy(update={"provenance": known})
        if extra:
            info = brief.document.model_copy(update={"extra": dict(extra)})
            brief = brief.model_copy(update={"document": info})
        return brief

    def brief(self, finding: Finding) -> B:
        """The brief of what was found in a document."""
        tally = finding.tally
        provenance = Provenance(
            model=self.endpoint.name,
            answered_by=tally.model,
            endpoint=self.endpoint.base_url,
            prompt=PromptInfo(name=self.prompt.name, version=self.prompt.version, sha256=self.prompt.sha256),
            examples_sha256=digest(self.examples),
            schema_sha256=drafting.schema_digest(self.schema),
            strategy=self.strategy,
            output_language=self.output_language,
            input_tokens=tally.usage.input_tokens,
            output_tokens=tally.usage.output_tokens,
            cached_tokens=tally.usage.cached_tokens,
            second_look_tokens=tally.second_look,
            cost_usd=self.cost_of((usage, model, False) for usage, model in tally.paid),
            requests=tally.requests,
            attempts=tally.attempts,
            seconds=round(tally.seconds, 3),
            version=__version__,
        )
        return self.schema(
            document=finding.document,
            headline=finding.headline,
            summary=finding.summary,
            summary_evidence=finding.summary_evidence,
            rejected=finding.rejected,
            omitted=finding.omitted,
            coverage=finding.coverage,
            provenance=provenance,
            **finding.sections,
        )
