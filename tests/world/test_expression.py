"""The grammar of rates, against Python's own arithmetic."""

import ast
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bothand.world.language.expression import (
    DEEPEST,
    MOST_TOKENS,
    Call,
    ExpressionError,
    Index,
    Name,
    Negative,
    Number,
    Operation,
    evaluate,
    join,
    names,
    negate,
    number_text,
    parse,
)

WHOLE = 2  # how strongly a part holds together that needs no bracket
VALUES = {"a": np.float64(0.3), "b_2": np.float64(1.7), "rate": np.float64(0.04), "kits": np.float64(250.0)}

leaves = st.one_of(
    st.floats(0, 1e6, allow_nan=False).map(Number),
    st.sampled_from(sorted(VALUES)).map(Name),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Operation, st.sampled_from("+-*/"), inner, inner),
        st.builds(Negative, inner),
        st.builds(lambda f, x: Call(f, (x,)), st.sampled_from(["exp", "log"]), inner),
        st.builds(lambda x, y: Call("with", (x, y)), inner, inner),
        st.builds(lambda xs: Call("min", tuple(xs)), st.lists(inner, min_size=2, max_size=4)),
        st.builds(lambda xs: Call("max", tuple(xs)), st.lists(inner, min_size=2, max_size=4)),
    ),
    max_leaves=12,
)  # fmt: skip


def to_text(tree):
    """Text that parses to the same tree, with no bracket that is not needed."""
    return bracketed(tree)[0]


def bracketed(tree):
    match tree:
        case Number(value):
            return number_text(value), WHOLE
        case Name(name):
            return name, WHOLE
        case Index(name, by):
            return f"{name}[{', '.join(by)}]", WHOLE
        case Negative(operand):
            return negate(bracketed(operand))
        case Operation(sign, left, right):
            return join(sign, bracketed(left), bracketed(right))
        case Call(function, arguments):
            return f"{function}({', '.join(to_text(a) for a in arguments)})", WHOLE


def python(text):
    """Python's own reading of the same text, with double-precision numbers."""
    scope = {
        "exp": np.exp, "log": np.log, "min": lambda *x: np.min(x), "max": lambda *x: np.max(x),
        "with_": lambda c, r: 1 - c + c * r, **VALUES,
    }  # fmt: skip
    tree = ast.parse(text.replace("with(", "with_("), mode="eval")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.value = float(node.value)
    with np.errstate(all="ignore"):
        try:
            return float(eval(compile(tree, "text", "eval"), {"__builtins__": {}}, scope))
        except (ZeroDivisionError, OverflowError):
            return None


@given(trees)
def test_an_expression_has_the_value_that_python_gives_its_text(tree):
    text = to_text(tree)
    wanted = python(text)
    if wanted is not None:
        np.testing.assert_equal(float(evaluate(parse(text), VALUES)), wanted)


@given(trees)
def test_printing_and_parsing_give_the_tree_back(tree):
    assert parse(to_text(tree)) == tree


@given(st.text(alphabet="ab1.+-*/()[], emxiwth", max_size=25))
def test_any_text_is_either_a_tree_or_an_expression_error(text):
    try:
        tree = parse(text)
    except ExpressionError:
        return
    assert parse(to_text(tree)) == tree


def test_signs_bind_as_in_arithmetic():
    assert evaluate(parse("2 - 3 - 4"), {}) == -5
    assert evaluate(parse("8 / 4 / 2"), {}) == 1
    assert evaluate(parse("2 + 3 * -4"), {}) == -10
    assert evaluate(parse("-(2 + 3) * 4"), {}) == -20
    assert evaluate(parse(".5e1 + 1.e-1"), {}) == 5.1


def test_with_is_the_factor_of_people_who_are_reached():
    assert evaluate(parse("with(c, r)"), {"c": 0.25, "r": 3.0}) == 1.5
    assert evaluate(parse("with(c, r)"), {"c": 0.0, "r": 0.1}) == 1.0


def test_within_is_one_inside_both_ends_and_nothing_outside():
    x = np.array([0.9, 1.0, 1.5, 2.0, 2.1])
    assert evaluate(parse("within(x, 1, 2)"), {"x": x}).tolist() == [0, 1, 1, 1, 0]
    assert evaluate(parse("with(within(x, 1, 2), 0.5)"), {"x": x}).tolist() == [1, 0.5, 0.5, 0.5, 1]


def test_arrays_of_different_shapes_broadcast():
    rates, draws = np.arange(3.0)[:, None], np.arange(1.0, 5.0)[None, :]
    np.testing.assert_array_equal(evaluate(parse("r * d + 1"), {"r": rates, "d": draws}), rates * draws + 1)


def test_every_name_is_found_once():
    found = names(parse("a * toxicity[year] + with(peers, a) - background[sex, age] + at_hand"))
    assert found == {"a", "toxicity", "peers", "background", "at_hand"}
    assert parse("background[sex, age]") == Index("background", ("sex", "age"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("a +", "ends too early"),
        ("a b", "'b' at character 3"),
        ("(a", "')' was expected"),
        ("a $ b", "'$' at character 3"),
        ("min(a)", "takes 2"),
        ("exp(a, b)", "takes 1"),
        ("sin(a)", "no function 'sin'"),
        ("min", "is a function"),
        ("a[1]", "a name such as year"),
        ("1e999", "too large"),
        ("a ^ 2", "write a power as exp(power * log(number))"),
        ("a ** 2", "write a power as exp(power * log(number))"),
        ("__import__('os')", "has no meaning"),
        ("2 ** 3", "'*' at character 4"),
    ],
)
def test_what_is_no_expression_is_refused_in_plain_words(text, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert words in str(caught.value)


def test_too_long_and_too_deep_expressions_are_refused_not_crashed_on():
    with pytest.raises(ExpressionError, match="at most"):
        parse(" + ".join(["a"] * MOST_TOKENS))
    with pytest.raises(ExpressionError, match="deep"):
        parse("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1))
    assert evaluate(parse("-" * (MOST_TOKENS - 2) + "a"), {"a": 1.0}) == 1.0


def test_division_by_zero_gives_infinity_for_the_caller_to_refuse():
    assert math.isinf(evaluate(parse("1 / a"), {"a": np.float64(0)}))
