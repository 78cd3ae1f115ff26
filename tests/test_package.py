"""What the package as a whole promises: its names, its weight, its documentation."""

import ast
import builtins
import collections.abc
import copy
import importlib.metadata
import inspect
import pickle
import re
import subprocess
import sys
import typing
from functools import cache
from pathlib import Path

import pytest

import costcalc
from costcalc.language.find import names_in, open_shipped, shipped

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "costcalc").rglob("*.py"))


@cache
def network_names() -> set[str]:
    names = set()
    for path in shipped("networks").values():
        names |= {known.name for known in names_in(open_shipped(path))}
    return names


def words_of(path: Path) -> set[str]:
    """Identifiers and words of texts in a source; the examples that a command's help ends with are left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    examples = {
        id(text)
        for call in ast.walk(tree)
        if isinstance(call, ast.keyword) and call.arg in ("epilog", "color_system")
        for text in ast.walk(call)
    }
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and "_" in node.id:
            words.add(node.id)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in examples:
            # A whole text may be any name; in prose a plain word such as "standard" is no network.
            words |= {node.value, *(w for w in re.findall(r"\w+", node.value) if "_" in w)}
    return words


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_source_names_a_network(path):
    assert words_of(path) & network_names() == set()


def test_a_source_that_names_a_network_would_be_noticed(tmp_path):
    source = tmp_path / "x.py"
    source.write_text('if name == "mobilenet_v1":\n    pass\n')
    assert words_of(source) & network_names() == {"mobilenet_v1"}


def test_the_public_names_are_few_and_documented():
    assert len(costcalc.__all__) <= 24  # half of them classes of results, for annotations
    for name in costcalc.__all__:
        thing = getattr(costcalc, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            assert inspect.getdoc(thing), name
    for cls in (costcalc.Network, costcalc.Cost):
        for name, member in vars(cls).items():
            if not name.startswith("_"):
                assert inspect.getdoc(member), f"{cls.__name__}.{name}"


def test_dir_is_what_is_public():
    code = "import costcalc; print(dir(costcalc) == costcalc.__all__, 'Any' in dir(costcalc))"
    assert python(code) == "True False\n"


def test_names_are_imported_when_they_are_asked_for():
    code = "import sys, costcalc; print([m for m in sys.modules if m.startswith('costcalc.')])"
    assert python(code) == "['costcalc._version']\n"
    code = "from costcalc import *; import costcalc; print({n for n in costcalc.__all__ if n not in globals()})"
    assert python(code) == "set()\n"
    with pytest.raises(AttributeError, match="no attribute 'closed_from'"):
        costcalc.closed_from  # noqa: B018


def python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_a_network_is_pickled_as_its_text(tmp_path):
    for name in ("mobilenet_v2", "efficientnet_b3", "ssdlite_mobilenet_v2"):
        network = costcalc.load(name)
        again = pickle.loads(pickle.dumps(network))
        assert (again.name, again.variant) == (network.name, network.variant)
        assert again.cost(res=320).mult_adds == network.cost(res=320).mult_adds
        assert again.program.spec.origin.name == network.program.spec.origin.name
        assert copy.deepcopy(network).cost().params == network.cost().params
    (tmp_path / "part.yaml").write_text("blocks:\n  b(c): conv(3x3, c)\n")
    own = tmp_path / "own.yaml"
    own.write_text("network: own\nuses: {part: [b]}\nparameters: {c: 4}\ninput: 8 x 8 x 3\nlayers: b(c)\n")
    network = costcalc.load(str(own))
    kept = pickle.dumps(network)
    own.unlink()
    assert pickle.loads(kept).cost(c=5).params == network.cost(c=5).params


def test_a_cost_is_pickled_with_its_layers():
    for cost in (
        costcalc.load("mobilenet_v2").cost(alpha=0.5),
        costcalc.load("mobilenet_v2").cost(convention="thop"),
        costcalc.load("densenet_121").cost(),
    ):
        again = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(cost))))
        assert (again.params, again.mult_adds, again.counted) == (cost.params, cost.mult_adds, cost.counted)
        assert [layer.name for layer in again.layers] == [layer.name for layer in cost.layers]
        assert again.by("op") == cost.by("op")


def test_a_parameter_without_its_name_is_told_how():
    for wrong in (0.5, "alpha", [1], {1}):
        with pytest.raises(
            costcalc.UsageError, match=r"^parameters are given by name, cost\(alpha=0\.5\), or as one map"
        ):
            costcalc.load("mobilenet_v1").cost(wrong)
    assert costcalc.load("mobilenet_v1").cost({"alpha": 0.5}).params == 1331592


def test_the_package_is_typed():
    assert (ROOT / "costcalc" / "py.typed").exists()


def test_the_version_is_the_same_everywhere():
    assert importlib.metadata.version("costcalc") == costcalc.__version__
    assert f'version: "{costcalc.__version__}"' in (ROOT / "CITATION.cff").read_text() or (
        f"version: {costcalc.__version__}" in (ROOT / "CITATION.cff").read_text()
    )


HEAVY = ("sympy", "numpy", "torch", "rich", "tabulate", "click")


def modules_after(code: str) -> set[str]:
    printed = f"{code}\nimport sys; print(' '.join(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", printed], capture_output=True, text=True, check=True, cwd=ROOT)
    return set(done.stdout.split())


EVALUATION = "import costcalc; cost = costcalc.load('mobilenet_v1').cost(alpha=0.5); cost.mult_adds; cost.layers"


def test_an_evaluation_imports_nothing_heavy():
    assert modules_after(EVALUATION) == set()


def test_a_heavy_import_would_be_noticed():
    assert "numpy" in modules_after(f"import numpy; {EVALUATION}")
    assert "sympy" in modules_after(f"import sympy; {EVALUATION}")


def test_nothing_in_the_repository_holds_a_path_of_a_machine():
    listed = subprocess.run(["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    pattern = re.compile(r"(?<![\w.])/(?:work|root)/")
    for name in listed.stdout.split("\n"):
        path = ROOT / name
        if name and path.is_file() and path.suffix in (".py", ".md", ".yaml", ".toml", ".cff", ".txt"):
            text = path.read_text(encoding="utf-8", errors="replace")
            own = path == Path(__file__).resolve()
            assert own or not pattern.search(text), name


def classes_of(tree: ast.AST) -> list[str]:
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def test_no_two_classes_share_a_name_nor_take_one_of_pythons():
    owners: dict[str, list[str]] = {}
    for path in SOURCES:
        for name in classes_of(ast.parse(path.read_text(encoding="utf-8"))):
            owners.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert len(owners) > 100
    assert {name: paths for name, paths in owners.items() if len(paths) > 1} == {}
    # typing.Text is an old name of str; nothing here uses it
    assert owners.keys() & {*dir(typing), *dir(collections.abc), *dir(builtins)} == {"Text"}
