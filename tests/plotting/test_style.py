"""The colours of series are far from each other for every eye, and dark enough for letters on white."""

from __future__ import annotations

from itertools import combinations

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("matplotlib")

from costcalc.plotting.style import BLUE, FAINT, SERIES, SOFT, TEXT, amount, styles  # noqa: E402

EYES = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What is left of linear RGB without one kind of cone (Machado, Oliveira and Fernandes 2009, table of severity 1.0)."""
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def linear(color: str) -> np.ndarray:
    c = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    x = TO_XYZ @ np.clip(light, 0, 1) / np.array([0.9505, 1, 1.089])
    x, y, z = np.where(x > 0.008856, np.cbrt(x), 7.787 * x + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eye", EYES)
def test_no_two_colours_are_near(eye: str) -> None:
    seen = [lab(np.array(EYES[eye]) @ linear(color)) for color, _, _ in SERIES]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 20


def test_letters_have_contrast_on_white() -> None:
    for color in {TEXT, SOFT, FAINT, *(color for color, _, _ in SERIES)}:
        assert 1.05 / (float(TO_XYZ[1] @ linear(color)) + 0.05) >= 4


def test_marks_and_lines_differ_too() -> None:
    assert len({mark for _, mark, _ in SERIES}) == len({str(line) for _, _, line in SERIES}) == len(SERIES)
    assert styles(3) == list(SERIES[:3])
    assert styles(1)[0][0] == BLUE


def test_amounts_are_short() -> None:
    assert [amount(x) for x in (0, 0.5, 224, 1_500, 2_500_000, 3e9, 1.043e12)] == [
        "0", "0.5", "224", "1.5 k", "2.5 M", "3 G", "1.043 T",
    ]  # fmt: skip
