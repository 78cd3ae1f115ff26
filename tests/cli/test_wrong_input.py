"""Words that mean nothing: one line that says so, with what is near."""

from __future__ import annotations

import pytest

from .running import TINY, refused, run, shown


@pytest.mark.parametrize("command", ["show", "formula", "reconcile"])
def test_a_file_that_is_not_there_has_no_position(tmp_path, monkeypatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(TINY)
    assert refused(command, "nope.yaml") == "there is no file 'nope.yaml'"
    assert refused(command, "./min.yaml") == "there is no file './min.yaml' (did you mean 'mine.yaml'?)"
    assert refused(command, "no/x.yaml") == "there is no file 'no/x.yaml'; the folder 'no' isn't there"


def test_lint_knows_the_nearest_name() -> None:
    assert "(did you mean 'mobilenet_v1'" in run("lint", "mobilnet_v1").stderr


def test_nothing_found_is_no_empty_table() -> None:
    result = run("list", "xyzzy", "--format", "latex")
    assert (result.stdout.strip(), result.stderr) == ("", "No network matches 'xyzzy'.\n")


def test_reconcile_of_a_network_without_parameters_has_a_title(tmp_path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text("network: plain\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 4)\n")
    assert shown("reconcile", str(path)).splitlines()[0] == "plain"
    assert shown("reconcile", str(path), "--between", "mult_adds", "thop").startswith("plain. From mult_adds to thop")


def test_uses_does_not_follow_a_link_out_of_the_folder(tmp_path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "secret.yaml").write_text("password: hunter2\n")
    (inside / "secret.yaml").symlink_to(outside / "secret.yaml")
    (inside / "net.yaml").write_text(
        "network: net\nuses: {secret: [x]}\ninput: 8 x 8 x 3\nlayers:\n  a: conv(3x3, 4)\n"
    )
    message = refused("show", str(inside / "net.yaml"))
    assert message.endswith("net.yaml:2:8: 'secret.yaml' is a link out of the folder, which 'uses' doesn't follow")
    (tmp_path / "link.yaml").symlink_to(inside / "net.yaml")  # the user's own file may be one
    (tmp_path / "secret.yaml").write_text("blocks: {'x(c)': 'conv(3x3, c)'}\n")
    assert "net" in shown("show", str(tmp_path / "link.yaml"))
