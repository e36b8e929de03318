"""Structure of compiled models: the thread model by hand, and what the compiler refuses."""

import json

import numpy as np
import pytest

from bothand.engine.compile import ageing, compile_model
from bothand.engine.listing import listing
from bothand.files import data_folder
from bothand.world.model import load_model
from faulty import faults_of, write


@pytest.fixture(scope="module")
def thread():
    return compile_model(load_model("thread"))


@pytest.fixture
def changed(tmp_path):
    text = (data_folder() / "models" / "thread.toml").read_text(encoding="utf-8")
    return lambda *changes: load_model(write(tmp_path / "thread.toml", text, *changes))


def refused(spec):
    return [fault.message for fault in faults_of(compile_model, spec)]


def moves(model, rule):
    names = model.chain.compartments
    return {(names[e.source], names[e.target]) for e in model.edges if e.rule == rule}


def test_the_thread_has_the_compartments_and_edges_one_counts_by_hand(thread):
    chain = thread.chain
    assert chain.compartments == (
        "not_started/none", "using/none", "using/waits", "using/methadone.first_4_weeks", "using/methadone.longer",
        "remission/none", "dead.overdose", "dead.other",
    )  # fmt: skip
    assert chain.n_living == 6
    assert chain.strata == ("female 15-44", "female 45-99", "male 15-44", "male 45-99")
    assert len(thread.edges) == 19
    assert chain.n_plain == 13
    assert chain.n_by_stratum == 6
    assert moves(thread, "admitted to methadone") == {("using/waits", "using/methadone.first_4_weeks")}
    assert moves(thread, "phases medication") == {("using/methadone.first_4_weeks", "using/methadone.longer")}
    assert moves(thread, "remission") == {
        ("using/none", "remission/none"), ("using/methadone.longer", "remission/none"),
    }  # fmt: skip
    assert moves(thread, "overdose: survived, stops") == {("using/none", "remission/none")}


OPTIONAL = """[lever.helped]
label = "share who are helped"
kind = "reach"
status_quo = "0"
optional = true
"""


def test_a_model_without_an_optional_lever_is_the_model_as_it_was(changed, thread):
    """Every way in which a lever can stand in a formula leaves nothing when nobody moves it."""
    spec = changed(
        ("[lever.", OPTIONAL + "[lever."),
        (
            'rate = "ask_methadone"',
            'rate = "with(helped * 1, helped_ratio) * (1 - helped) * (helped / helped_years + ask_methadone - helped)"',
        ),
    )
    plain = compile_model(spec, idle=["helped"])
    assert "helped" in compile_model(spec).levers
    assert plain.levers == thread.levers
    assert plain.symbols == thread.symbols
    assert [plain.graph.text(e.rate) for e in plain.edges] == [thread.graph.text(e.rate) for e in thread.edges]


def test_a_rule_that_an_optional_lever_makes_is_gone_without_it(changed, thread):
    rule = """[[rule]]
name = "helped out"
label = "is helped to stop"
in = { use = "using", care = "none" }
to = { use = "remission" }
rate = "helped * helped_rate"
"""
    spec = changed(("[lever.", OPTIONAL + "[lever."), ("[[rule]]", rule + "[[rule]]"))
    assert moves(compile_model(spec), "helped out") == {("using/none", "remission/none")}
    assert moves(compile_model(spec, idle=["helped"]), "helped out") == set()
    assert "helped_rate" not in compile_model(spec, idle=["helped"]).symbols


def test_an_optional_lever_is_nothing_today(changed):
    faults = faults_of(changed, ("[lever.", OPTIONAL.replace('"0"', '"0.1"') + "[lever."))
    assert any('an optional lever has status_quo = "0"' in str(fault) for fault in faults)


def test_edges_that_differ_by_sex_or_age_come_last(thread):
    last = {edge.rule for edge in thread.edges[thread.chain.n_plain :]}
    assert last == {"death from other causes"}
    assert [edge.source for edge in thread.edges] == thread.chain.source.tolist()
    assert [edge.target for edge in thread.edges] == thread.chain.target.tolist()


def test_the_twin_holds_deaths_and_survivors_and_whatever_reads_at_hand(thread):
    held = {thread.edges[i].rule for i in np.flatnonzero(thread.chain.held)}
    assert held == {"overdose: fatal", "overdose: survived, stops"}
    coupled = {thread.edges[i].rule for i in thread.chain.coupled}
    assert coupled == held
    deaths = {edge.rule for edge, death in zip(thread.edges, thread.chain.death, strict=True) if death}
    assert deaths == {"overdose: fatal", "death from other causes"}


def test_people_grow_older_within_their_sex(thread):
    assert thread.chain.older.tolist() == [1, -1, 3, -1]
    assert ageing(thread.spec) == [1 / 30, 0, 1 / 30, 0]


def test_gate_capacity_and_people_at_risk(thread):
    chain = thread.chain
    gated = np.flatnonzero(chain.gate >= 0)
    assert [thread.edges[i].rule for i in gated] == ["admitted to methadone"]
    assert np.flatnonzero(chain.holds[0]).tolist() == [3, 4]
    assert np.flatnonzero(chain.at_risk).tolist() == [1, 2, 3, 4]


def test_every_living_cell_is_in_one_group_and_a_prevented_start_in_that_of_the_inflow(thread):
    assert thread.groups == ("using", "treated", "remission", "start_later")
    assert thread.group_of.tolist() == [3, 0, 0, 1, 1, 2, -1, -1]
    assert thread.inflow_origin == 3
    assert thread.chain.arrivals == (1, 0)


def test_symbols_are_the_quantities_that_any_formula_reads(thread):
    assert {"ask_methadone", "kits_today", "quality_using", "fill_exponent"} <= set(thread.symbols)
    assert not {"kits", "toxicity", "background", "at_hand", "leave", "support"} & set(thread.symbols)


def test_a_pair_of_levers_that_is_not_declared_is_listed_as_assumed(changed):
    product = ("min(with(peers, peers_return_ratio), with(centre, centre_return_ratio))",
               "with(peers, peers_return_ratio) * with(centre, centre_return_ratio)")  # fmt: skip
    undeclared = ('"peers, centre" = "best"', "")
    assert compile_model(changed(product, undeclared)).assumed == (("centre", "peers"),)
    assert compile_model(changed(product, ('= "best"', '= "multiply"'))).assumed == ()
    assert any("combines by 'multiply'" in message for message in refused(changed(product)))
    assert any("combines by 'best'" in message for message in refused(changed(('= "best"', '= "multiply"'))))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("witnessed * at_hand * naloxone", "witnessed * at_hand * at_hand * naloxone", "must enter a rate linearly"),
        ("witnessed * at_hand * naloxone", "min(witnessed, at_hand) * naloxone", "must enter a rate linearly"),
        ("witnessed * at_hand * naloxone", "exp(-at_hand) * naloxone", "must enter a rate linearly"),
        ('probability = "stops_after_overdose"', 'probability = "at_hand"', "must enter a rate linearly"),
        ('rate = "overdose_rate * on', 'rate = "background[sex, age] * on', "may not depend on sex or age"),
        ('gate = "places"', 'gate = "placs"', "no capacity 'placs'"),
        ('rate = "ask_methadone"', 'rate = "ask_methadone"\ngate = "places"', "needs a move from outside"),
        ('rate = "1 / admission_time"', 'rate = "background[sex, age]"', "a gated rate may not"),
        ('of = "survivors"\n', 'of = "survivors"\ndeath = true\n', "cannot be 'of survivors'"),
        ('probability = "stops_after_overdose"\n', "", "'probability' is missing"),
        ('where = { care = "none" }', 'where = { use = "remission" }', "no cell of the event matches"),
        ('event = "overdose"', 'event = "overdos"', "no event 'overdos'"),
        ('fill = "fill_exponent"', 'fill = "peers"', "no lever or series"),
        ('shelf_life = "kit_shelf_life"', 'shelf_life = "toxicity[year]"', "no lever or series"),
        ('kits = "kits * kits_in_right_hands"', 'kits = "places"', "a flow was expected; this is a count"),
        ('places = "places"', 'places = "kits"', "a count was expected; this is a flow"),
        ('prevented = "prevention"\n', "", "belong together"),
        ('to = { use = "using", care = "none" }\nprevented_to', 'to = { care = "none" }\nprevented_to', "it names 3"),
        ('in = [{ care = "methadone" }]', 'in = [{ use = "using" }]', "already in another"),
        ('label = "People who would start later"\nshort = "Would start later"\nin = []',
         'label = "x"\nin = [{ use = "not_started" }]', "no group with in = []"),
        ('events = ["overdose"]', 'events = ["overdos"]', "no event 'overdos'"),
        ('remission = "peers", "*" = "none"', 'remission = "background[sex, age]", "*" = "none"', "a measure may not"),
        ('status_quo = "kits_today"', 'status_quo = "peers * 2"', "no lever or series"),
        ('"peers, centre" = "best"', '"peers, center" = "best"', "called 'center'"),
    ],
)  # fmt: skip
def test_the_compiler_refuses(changed, old, new, words):
    messages = refused(changed((old, new)))
    assert any(words in message for message in messages), messages


def test_the_listing_can_be_written_as_json_and_names_every_edge_once(thread):
    text = json.dumps(listing(thread))
    found = json.loads(text)
    edges = [move for rule in found["rules"] for formula in rule["formulas"] for move in formula["where"]]
    assert len(edges) == len(thread.edges)
    leave = next(rule for rule in found["rules"] if rule["name"] == "leave methadone")
    assert [f["formula"] for f in leave["formulas"]] == ["leave_methadone * early_exit_ratio", "leave_methadone"]
    phase = next(rule for rule in found["rules"] if rule["kind"] == "phase")
    assert phase["formulas"][0]["formula"] == "1 / (4 weeks)"
    fatal = next(rule for rule in found["rules"] if rule["name"] == "overdose: fatal")
    assert fatal["death"] is True
    assert "witnessed" in fatal["formulas"][0]["quantities"]
    assert fatal["formulas"][0]["series"] == ["toxicity"]
    assert {row["code"] for row in found["compartments"]} == set(thread.chain.compartments)


def test_a_branch_among_the_events_of_a_count_is_told_where_it_belongs(changed):
    found = refused(changed(('rules = ["overdose: fatal"]', 'events = ["overdose: fatal"]')))
    assert found == ["'overdose: fatal' is a branch of an event: name it under 'rules'."]
