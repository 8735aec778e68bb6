"""Drafts follow from the declaration of the brief."""

from __future__ import annotations

from typing import get_args

import pytest

from summariser import drafting
from summariser_schemas import Brief, Commitment, Outcome


def properties(schema: dict[str, object], name: str) -> set[str]:
    """Names of the fields of one definition of a JSON schema."""
    return set(schema["$defs"][name]["properties"])  # type: ignore[index] # JSON


def test_the_whole_draft_has_every_section_and_no_field_of_codes() -> None:
    """The model is asked for words and sentence numbers, never for ids, spans or provenance."""
    schema = drafting.draft_schema()
    assert set(schema["properties"]) == {"headline", "summary", "parties", "commitments", "outcomes", "figures"}
    assert properties(schema, "Party") == {"evidence", "name", "aliases", "kind", "role", "affiliation"}
    assert properties(schema, "Commitment") == {
        "evidence",
        "by",
        "to",
        "action",
        "status",
        "due",
        "condition",
        "attribution",
    }
    assert properties(schema, "Outcome") == {"evidence", "by", "what", "when", "attribution"}
    assert properties(schema, "Figure") == {"evidence", "quantity", "measures", "as_of", "attribution"}


@pytest.mark.parametrize(("item", "field"), [("Figure", "quantity"), ("Outcome", "what")])
def test_grounded_types_are_drafted_as_words(item: str, field: str) -> None:
    """A quantity, like any grounded value, is asked for as a string."""
    assert drafting.draft_schema()["$defs"][item]["properties"][field]["type"] == "string"


def test_evidence_is_drafted_as_sentence_numbers() -> None:
    """The model points at sentences instead of copying them."""
    evidence = drafting.draft_schema()["$defs"]["Outcome"]["properties"]["evidence"]
    assert evidence["items"]["type"] == "integer"


def test_a_draft_refuses_fields_of_its_own() -> None:
    """An answer with a field that nobody asked for does not validate."""
    assert drafting.draft_schema()["additionalProperties"] is False


def test_kinds_of_statements_cover_every_status() -> None:
    """Each status of a commitment can be said in plain words, and so can an outcome."""
    kinds = drafting.statement_kinds(Brief)
    statuses = {
        values["status"] for meant in kinds.values() if meant and meant[0].item is Commitment for _, values in [meant]
    }
    assert statuses == set(get_args(Commitment.model_fields["status"].annotation))
    assert any(meant and meant[0].item is Outcome for meant in kinds.values())
    assert kinds[drafting.OTHER] is None


def test_the_outline_names_every_field_with_its_meaning() -> None:
    """The prompt's outline comes from the descriptions of the schema."""
    outline = drafting.outline(drafting.whole(Brief))
    for section in drafting.sections(Brief):
        for name, info in section.item.model_fields.items():
            if (
                name in drafting.whole(Brief).model_json_schema()["$defs"][section.item.__name__]["properties"]
                and name != "evidence"
            ):
                assert str(info.description) in outline


def test_drafts_are_made_once() -> None:
    """The same class comes back, so that its JSON schema is computed once."""
    assert drafting.whole(Brief) is drafting.whole(Brief)
    assert drafting.notes(Brief) is drafting.notes(Brief)


def test_the_schema_digest_is_that_of_the_brief() -> None:
    """The digest is stable within a version and is hexadecimal SHA-256."""
    assert drafting.schema_digest() == drafting.schema_digest()
    assert len(bytes.fromhex(drafting.schema_digest())) == 32
