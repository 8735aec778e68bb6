"""How a sentence puts an act."""

from __future__ import annotations

import pytest

from summariser.grounding.stance import SAID, Stance, read, read_through

CASES: list[tuple[str, str, str, Stance | None]] = [
    ("plain past", "Odran closed two warehouses on Monday.", "closed two warehouses", "done"),
    ("perfect", "Odran has shut down one plant, blocked payments, and resumed talks.", "resumed talks", "done"),
    ("passive past", "Two plants were closed by Odran.", "two plants were closed", "done"),
    ("participle", "Envoys left, with Li Dan and Okoro meeting in Selane this week.", "met in Selane", "done"),
    ("subject first", "Shares of both companies soared after the news.", "shares of both companies soared", "done"),
    ("will", "The envoys will meet in Selane on Tuesday.", "meet in Selane", "planned"),
    ("passive future", "The yard will soon be closed.", "closed", "planned"),
    ("headline", "Odran and Norvia to resume stalled talks", "resume stalled talks", "planned"),
    (
        "pledge",
        "Li Dan pledged during a summit with Okoro in May to clamp down on the trade.",
        "clamp down on the trade",
        "pledged",
    ),
    ("promise that", "Odran promised that it would pay 5 euros.", "pay 5 euros", "pledged"),
    ("list after a pledge", "Odran promised to cut costs and close plants.", "close plants", "pledged"),
    ("agreement", "Odran and Norvia agreed to share data.", "share data", "agreed"),
    ("hope of another", "Norvia hopes to get Odran to cooperate on chemicals.", "cooperate on chemicals", "sought"),
    ("gerund after a request", "Norvia urged Odran to act, and called for cutting aid.", "cut aid", "sought"),
    ("should", "The court said the plan should be stopped.", "stop the plan", "sought"),
    ("own wish", "Norvia wants to join the union.", "join the union", "possible"),
    ("may", "Odran may close the port.", "close the port", "possible"),
    (
        "purpose",
        "They will meet on Tuesday for the first talks in many years to stem production.",
        "stem production",
        None,
    ),
    ("state of affairs", "The move is considered a success.", "move is considered a success", "reported"),
    ("carried on", "Despite this, Odran continued to shun the talks.", "shun the talks", "done"),
    ("not enough", "Odran found not enough proof to justify a trial.", "justify a trial", None),
    ("told by another", "Odran noted that Selane will convene a meeting.", "will convene a meeting", "planned"),
    ("had to", "Li Dan had to resign.", "resign", "done"),
    ("means", "They met in accepting the prize.", "accepting the prize", None),
    ("present", "The call follows the leaders' meeting in May.", "followed the leaders' meeting", None),
    ("noun", "They welcomed Odran's meeting with Selane.", "meeting with Selane", None),
    ("report", "The minister said the lake is large.", "said the lake is large", "reported"),
    ("state in the past", "Li Dan was a member of the board for ten years.", "was a member of the board", None),
    ("standing", "Li Dan is charged with fraud in Odran.", "charged with fraud in Odran", "done"),
    (
        "long subject",
        "Talk of a deal with the new owners of the old docks has surfaced.",
        "Talk of a deal with the new owners of the old docks has surfaced",
        "done",
    ),
    ("nobody is asked", "Letters should be sent to the ministry.", "sent to the ministry", "possible"),
    ("a year will", "For Odran, 2005 will mark the end.", "mark the end", None),
    ("relative", "They opened a line that will help facilitate trade.", "help facilitate trade", None),
    ("pledge made", "There was a $5 million pledge made by Odran.", "made a $5 million pledge", "pledged"),
    ("aid announced", "Odran announces 5 million euros in aid.", "announces 5 million euros in aid", "pledged"),
    ("offer of a reward", "Odran is offering a reward of 5 euros.", "offering a reward of 5 euros", "offered"),
    ("proposal", "Odran proposed launching talks to settle the case.", "proposed launching talks", "offered"),
    ("purpose of a proposal", "Odran proposed launching talks to settle the case.", "settle the case", None),
    ("claimed", "The union claims to have planted 30 trees.", "planted 30 trees", "done"),
    ("directed", "The court directed Odran to pay 5 euros.", "pay 5 euros", "sought"),
    (
        "only welcomed",
        "We welcome the progress made in the talks.",
        "welcome the progress made in the talks",
        "reported",
    ),
    ("often", "Soldiers are often hired by Odran.", "hired by Odran", None),
    ("will be a thing", "The ships will be national assets.", "national assets", None),
    ("gerund as noun", "Commercial fishing may be possible.", "commercial fishing", None),
    ("gerunds after to", "It is vital to saving lives and reducing costs.", "reducing costs", None),
    ("what follows", "Odran cut aid, depriving millions of food.", "depriving millions of food", "done"),
    ("owned by", "They fined firms owned by Odran.", "owned by Odran", None),
    ("located in", "Envoys located in Selane met.", "located in Selane", None),
    ("fell by half", "Prices fell by half in May.", "fell by half", "done"),
    ("urged without to", "Odran urged continued work for peace.", "urged continued work for peace", "sought"),
    ("sought asylum", "Thousands sought asylum in Odran.", "sought asylum in Odran", "done"),
    ("stands by", "Odran reaffirmed its commitment to peace.", "reaffirmed its commitment to peace", "pledged"),
    ("only weighed", "Odran stressed the importance of aid.", "stressed the importance of aid", "reported"),
    ("held in common", "They agreed that the talks were fair.", "agreed that the talks were fair", "done"),
    ("crime", "They committed crimes in Selane.", "committed crimes in Selane", "done"),
    ("crimes were", "The crimes were committed in May.", "committed in May", "done"),
    ("meant to", "It was a campaign of lies meant to suppress dissent.", "suppress dissent", None),
    ("working to", "Odran is working with Tessa to build two docks.", "build two docks", "planned"),
    ("enables", "This aid will enable Odran to reach two towns.", "reach two towns", "planned"),
    ("budget", "5 million euros to mend docks in Selane.", "mend docks in Selane", "planned"),
    ("made up of", "This aid includes 5 million euros from Odran.", "includes 5 million euros from Odran", "pledged"),
    ("into force", "The pact of Odran will enter into force in May.", "enter into force", None),
    ("examples", "They will buy goods such as fuel and spare parts.", "spare parts", None),
    ("adjective", "They work together to deliver advanced ships.", "work together to deliver advanced ships", None),
    ("promise without", "As Odran promised during the vote, it paid.", "promised during the vote", None),
    ("has begun", "Odran has begun dropping food.", "dropping food", "done"),
    ("will begin", "Odran will begin dropping food.", "dropping food", "planned"),
    ("will before", "For the docks they will need, Odran is building roads.", "building roads", "done"),
    ("subjunctive", "Odran demanded that Norvia close two docks.", "close two docks", "sought"),
    ("rated goods", "It will cut waste, lift pay and deliver rated goods.", "deliver rated goods", "planned"),
    (
        "who suffer",
        "Our thoughts stay with those who are suffering in Odran.",
        "stay with those who are suffering",
        None,
    ),
    ("may begin", "Odran may begin dropping food.", "dropping food", "possible"),
    ("as set out", "They voted, as set out in the charter.", "set out in the charter", None),
]


@pytest.mark.parametrize(("sentence", "phrase", "stance"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_words_around_the_verb_decide(sentence: str, phrase: str, stance: Stance | None) -> None:
    """Auxiliaries and governing verbs say whether an act was done, promised, asked for, or none of these."""
    reading = read(sentence, phrase)
    assert reading is not None
    assert reading.stance == stance


@pytest.mark.parametrize(
    ("sentence", "phrase", "negated"),
    [
        ("Odran will not pay the debt.", "pay the debt", True),
        ("Odran will not pay the debt.", "not pay the debt", False),
        ("Odran refused to pay the debt.", "pay the debt", True),
        ("Odran never closed the port.", "closed the port", True),
        ("Odran closed the port, not the airport.", "closed the port", False),
        ("Odran will never stop working.", "will never stop working", False),
        ("Children grew up without parents.", "grew up without parents", False),
    ],
    ids=["will not", "said so", "refused", "never", "elsewhere", "said never", "without something"],
)
def test_a_denied_act_is_no_act(sentence: str, phrase: str, negated: bool) -> None:
    """An act that the sentence denies contradicts a phrase that does not."""
    reading = read(sentence, phrase)
    assert reading is not None
    assert reading.negated is negated


def test_a_phrase_that_begins_with_its_cue_is_read_without_it() -> None:
    """What is promised is the act behind "to"."""
    phrase, reading = read_through("Tessa pledged in May to cut costs.", "pledged in May to cut costs")
    assert phrase == "cut costs"
    assert reading is not None
    assert reading.stance == "pledged"


def test_a_name_is_no_verb() -> None:
    """A place that ends in -ing is not taken for a participle."""
    reading = read("Talks to resume in Reading", "in Reading")
    assert reading is None or reading.stance not in SAID


def test_an_act_that_is_not_there_has_no_reading() -> None:
    """A phrase whose words the sentence lacks is not read."""
    assert read("Odran closed the port.", "sold seven ships") is None


def test_other_languages_are_not_read() -> None:
    """The rules are those of English; for another language nothing is claimed."""
    assert read("Odran wird den Hafen schließen.", "den Hafen schließen", language="de") is None


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Some are concerned that Odran will sue.", "are concerned that Odran will sue"),
        ("They named the need to respect borders.", "the need to respect borders"),
        ("The deal is to cost 11 million and will lead to losses.", "lead to losses"),
        ("The firm will have 55 shops.", "will have 55 shops"),
        ("They met, including during visits by Li Dan.", "including during visits by Li Dan"),
    ],
    ids=["feeling", "noun phrase", "lifeless subject", "state", "preposition"],
)
def test_what_names_no_act_is_read_as_none(sentence: str, phrase: str) -> None:
    """A verb inside a phrase that is none itself says nothing of what came about."""
    reading = read_through(sentence, phrase)[1]
    assert reading is None or reading.stance not in SAID


def test_what_is_reported_to_be_done_is_read_without_who_says_so() -> None:
    """ "noted that Selane will convene a meeting" is read as the meeting that Selane will convene."""
    phrase, reading = read_through(
        "Odran noted that Selane will convene a meeting.", "noted that Selane will convene a meeting"
    )
    assert (phrase, reading and reading.stance) == ("convene a meeting", "planned")


def test_a_headline_says_what_will_be_done() -> None:
    """Its subject stands before "to", where a noun phrase has none."""
    reading = read_through("Odran to reopen its docks", "Odran to reopen its docks")[1]
    assert reading is not None
    assert reading.stance == "planned"


def test_to_before_a_determiner_leads_to_no_act() -> None:
    """ "Offer a reward for news leading to the return of a bell" offers the reward, and not the return."""
    offered = "offer rewards of up to 1 million each for news leading to the arrests and convictions of two men"
    act, reading = read_through(f"The bank is {offered.replace('offer', 'offering', 1)} of its own.", offered)
    assert act == offered
    assert reading is not None
    assert reading.stance == "offered"


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("Odran said it would hit back if Norvia seized the ship.", "seized the ship"),
        ("Odran will pay once Norvia has freed the sailors.", "freed the sailors"),
        ("Had Odran closed two docks, prices would rise.", "closed two docks"),
        ("Odran would have closed two docks under the plan.", "closed two docks"),
        ("There is no evidence that Tessa dumped oil.", "dumped oil"),
        ("Odran rejected claims that it closed two docks.", "closed two docks"),
        ("Tessa allegedly dumped oil.", "dumped oil"),
        ("Odran nearly closed two docks.", "closed two docks"),
        ("Neither Odran nor Norvia signed the treaty.", "signed the treaty"),
        ("Has Tessa closed two docks?", "closed two docks"),
        ("Odran failed to reach a deal to end the war.", "end the war"),
        ("Odran called for a deal to end the war.", "end the war"),
        ("Tessa scrapped plans to close two docks.", "close two docks"),
        ("Odran thanked Norvia for its pledge to build two docks.", "build two docks"),
        ("Economists expected Odran to cut rates.", "cut rates"),
        ("Tessa asked Odran for leave to build two docks.", "build two docks"),
        ("Odran agreed to allow Norvia to build two docks.", "build two docks"),
        ("Odran will vote after Norvia has published the report.", "published the report"),
        ("After Odran has published the report, Norvia will vote.", "published the report"),
        ("Odran may decide it will open two docks.", "open two docks"),
        ("Odran lied that it closed two docks.", "closed two docks"),
        ("Odran was accused of closing docks, burning ships and killing sailors.", "burning ships"),
        ("A jury indicted Li on counts of fraud, damaging docks, and aggravated theft.", "damaging docks"),
        ("A jury indicted Li on counts of fraud, damaging docks, and aggravated theft.", "aggravated theft"),
        ("Odran has shown it will target any ship.", "target any ship"),
        ("Odran considered closing docks, burning ships and killing sailors.", "burning ships"),
        ("Odran considered closing docks and burning ships.", "burning ships"),
        ("Odran has not closed docks, burned ships or killed sailors.", "killed sailors"),
        ("Odran allegedly closed docks and burned ships.", "burned ships"),
        ("Odran paid 5 million but did not pay 6 million.", "paid 6 million"),
        ("Odran did not cut costs by closing docks and burning ships.", "burning ships"),
        ("Odran neither closed two docks nor burned three ships.", "burned three ships"),
        ("Odran never closed two docks, burned three ships or killed anyone.", "burned three ships"),
        ("Odran was supposed to have closed two docks and opened three.", "opened three"),
        ("It is not true that Odran closed two docks.", "closed two docks"),
        ("Norvia will pay as soon as Odran has closed two docks.", "closed two docks"),
        ("Provided Odran has closed two docks, Norvia will pay.", "closed two docks"),
        ("Odran all but closed two docks.", "closed two docks"),
        ("Li is on trial over claims he burned three ships.", "burned three ships"),
        ("Odran said the demand that Norvia close two docks was absurd.", "close two docks"),
        ("Odran rejected plans to close docks, burn ships and kill sailors.", "kill sailors"),
        ("Tessa was due to open two docks in May but missed the deadline.", "open two docks"),
        ("Tessa had planned to open two docks, but gave up.", "open two docks"),
    ],
)
def test_what_is_open_or_came_to_nothing_is_no_act(sentence: str, phrase: str) -> None:
    """Conditions, rumours, near misses, denials and deals that were not made tell of nothing done or promised."""
    found = read(sentence, phrase)
    assert found is None or found.stance not in SAID or found.negated


@pytest.mark.parametrize(
    ("sentence", "phrase", "stance"),
    [
        ("Odran served until it lost the port.", "lost the port", "done"),
        ("The report that was issued in May reached Tessa.", "reached Tessa", "done"),
        ("Odran claims that Norvia closed two docks.", "closed two docks", "done"),
        ("If prices rise, Odran will close two docks.", "close two docks", "planned"),
        ("Odran and Norvia signed a deal to end the war.", "end the war", "agreed"),
        ("Odran found no oil and closed two docks.", "closed two docks", "done"),
        ("Tessa is expected to close two docks.", "close two docks", "planned"),
        ("A jury indicted Li on counts of fraud and damaging docks.", "indicted Li on counts of fraud", "done"),
        ("Odran was charged with fraud and fined Tessa.", "fined Tessa", "done"),
        ("Tessa, which had not paid its debts, closed two docks.", "closed two docks", "done"),
        ("Li admitted two counts of fraud and returned 5 million.", "returned 5 million", "done"),
        ("Tests have proved successful and Odran will close two docks.", "close two docks", "planned"),
        ("Odran has been planning to open two docks, but not before June.", "open two docks", "planned"),
        ("Odran left, closing docks, burning ships and killing sailors.", "killing sailors", "done"),
        ("Odran is closing docks, burning ships and killing sailors.", "killing sailors", "done"),
        ("Odran, never defeated, closed two docks.", "closed two docks", "done"),
        ("Odran refused to close docks, but burned ships.", "burned ships", "done"),
        ("Odran voted after Norvia had published the report.", "published the report", "done"),
        ("Tessa is due to open two docks in May but not a third.", "open two docks", "planned"),
        ("Tessa was due to open two docks in May.", "open two docks", "planned"),
        ("Officials who may be charged said Odran will open two docks.", "open two docks", "planned"),
    ],
)
def test_what_looks_open_and_is_not(sentence: str, phrase: str, stance: str) -> None:
    """The main clause beside a condition, a fact after "until", a relative clause, a deal that was made."""
    found = read(sentence, phrase)
    assert found is not None
    assert found.stance == stance
