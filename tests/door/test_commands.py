"""What the door answers to each command, and what it says when something is in the way."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.door.stand_in import Door


class TestWords:
    @pytest.mark.parametrize("words", [[], ["help"], ["-h"], ["--help"]])
    def test_help_lists_every_command(self, words, capsys):
        assert dev.main(words) == 0
        printed = capsys.readouterr().out
        for command in ("run", "test", "check", "bench", "lock", "help"):
            assert f"dev.py {command} " in printed

    def test_an_unknown_command_gets_the_help_and_status_2(self, capsys):
        assert dev.main(["fly"]) == 2
        printed = capsys.readouterr().err
        assert "There is no command 'fly'." in printed
        assert "dev.py run" in printed

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (["check", "--fast"], "check takes no argument but --no-tests."),
            (["lock", "now"], "lock takes no arguments."),
        ],
    )
    def test_arguments_that_mean_nothing_are_refused(self, words, sentence, capsys):
        assert dev.main(words) == 1
        assert capsys.readouterr().err == f"{sentence}\n"

    def test_a_port_that_is_no_number_is_refused_without_a_traceback(self, door: Door):
        status, printed = door.call("run", "--port", "eight")
        assert status == 2
        assert "invalid int value: 'eight'" in printed
        assert "Traceback" not in printed


class TestPython:
    @pytest.mark.parametrize("version", [(3, 7), (3, 10)])
    def test_an_old_python_is_refused(self, version):
        with pytest.raises(dev.Trouble, match=r"needs Python 3\.11 or later and this is Python 3"):
            dev.refuse_old_python(version)

    @pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
    def test_a_new_python_is_welcome(self, version, monkeypatch, capsys):
        monkeypatch.setattr(dev.sys, "version_info", version)
        assert dev.main(["help"]) == 0
        assert "python3 dev.py run" in capsys.readouterr().out

    def test_every_command_is_refused_by_an_old_python(self, monkeypatch, capsys):
        monkeypatch.setattr(dev.sys, "version_info", (3, 9, 2))
        assert dev.main(["run"]) == 1
        assert "Python 3.9" in capsys.readouterr().err

    @pytest.mark.parametrize("name", ["venv", "ensurepip"])
    def test_a_missing_module_names_the_packages_that_bring_it(self, name, monkeypatch):
        monkeypatch.setattr(dev.importlib.util, "find_spec", lambda _: None)
        with pytest.raises(
            dev.Trouble, match=r"apt install python3-venv.*dnf install python3-libs"
        ):
            dev.refuse_missing_module(name)

    def test_a_module_that_is_there_is_not_missed(self, monkeypatch):
        asked = []
        monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: asked.append(name) or dev)
        dev.refuse_missing_module("venv")
        assert asked == ["venv"]


class TestRunRefusals:
    def test_a_busy_port_is_named_with_the_way_out(self, door: Door, free_port: int):
        with socket.create_server(("127.0.0.1", free_port)):
            status, printed = door.call("run", "--port", str(free_port))
        assert status == 1
        assert printed.startswith(f"Port {free_port} cannot be used (Address already in use)")
        assert "--port" in printed
        assert printed.count("\n") == 1

    @pytest.mark.parametrize("port", [-1, 65_536])
    def test_a_port_that_cannot_exist_is_refused(self, port):
        with pytest.raises(dev.Trouble, match="from 0 to 65535"):
            dev.refuse_busy_port(port)

    def test_a_data_directory_that_cannot_be_written_is_named(self, door: Door, free_port: int):
        file = door.root / "file"
        file.touch()
        folder = file / "data"
        status, printed = door.call("run", "--port", str(free_port), "--data-dir", str(folder))
        assert status == 1
        assert printed.startswith(f"The data directory {folder} cannot be written")
        assert printed.count("\n") == 1

    def test_a_data_directory_is_made_for_its_owner_alone(self, tmp_path: Path):
        dev.refuse_unwritable(tmp_path / "a" / "data")
        assert (tmp_path / "a" / "data").stat().st_mode & 0o777 == 0o700
        assert list((tmp_path / "a" / "data").iterdir()) == []


class TestSiteEnvironment:
    def test_without_any_setting_it_is_a_development_site_on_this_machine(self):
        assert dev.site_environment(8123, None, {}) == {
            "SUPPORTGROUPS_BASE_URL": "http://127.0.0.1:8123",
            "SUPPORTGROUPS_DATA_DIR": str(dev.ROOT / "data"),
            "SUPPORTGROUPS_DEVELOPMENT": "1",
        }

    def test_settings_that_are_there_already_are_kept(self):
        given = {"SUPPORTGROUPS_BASE_URL": "https://example.org", "SUPPORTGROUPS_COUNTRY": "IE"}
        environment = dev.site_environment(8000, None, given)
        assert environment | given == environment

    def test_a_data_directory_that_is_asked_for_wins(self, tmp_path: Path):
        given = {"SUPPORTGROUPS_DATA_DIR": "/elsewhere"}
        environment = dev.site_environment(8000, tmp_path, given)
        assert environment["SUPPORTGROUPS_DATA_DIR"] == str(tmp_path)

    @pytest.mark.parametrize(
        ("address", "profile"),
        [
            ("", "run"),
            ("sqlite:////srv/site.sqlite3", "run"),
            ("postgresql://groups@db/groups", "scale"),
            ("postgresql+psycopg://groups@db/groups", "scale"),
        ],
    )
    def test_a_database_server_calls_for_its_driver(self, address, profile):
        assert dev.site_profile({"SUPPORTGROUPS_DATABASE_URL": address}) == profile


class TestTestAndCheck:
    @pytest.fixture
    def calls(self, monkeypatch) -> list[tuple[str, ...]]:
        calls: list[tuple[str, ...]] = []

        def remember(*arguments: str) -> int:
            calls.append(arguments)
            return 1 if "mypy" in arguments or "pytest" in arguments else 0

        monkeypatch.setattr(dev, "call", remember)
        monkeypatch.setattr(dev, "ensure_environment", lambda profile: calls.append((profile,)))
        monkeypatch.setattr(dev.os, "cpu_count", lambda: 7)
        return calls

    def test_tests_use_every_core_and_pass_arguments_on(self, calls):
        assert dev.main(["test", "tests/door", "-k", "port"]) == 1
        assert calls == [("dev",), ("-m", "pytest", "-n", "7", "tests/door", "-k", "port")]

    def test_a_debugger_gets_the_terminal(self, calls):
        dev.main(["test", "--pdb"])
        assert calls[-1] == ("-m", "pytest", "--pdb")

    def test_check_runs_everything_and_names_all_that_failed(self, calls, capsys):
        assert dev.main(["check"]) == 1
        assert capsys.readouterr().err == "These checks failed: types, tests.\n"
        assert len([each for each in calls if each[0] in ("-m", "-c")]) == len(dev.CHECKS) + 1

    def test_check_can_leave_the_tests_out(self, calls, capsys):
        assert dev.main(["check", "--no-tests"]) == 1
        assert capsys.readouterr().err == "These checks failed: types.\n"
        assert not [each for each in calls if "pytest" in each]

    def test_check_says_when_all_is_well(self, calls, monkeypatch, capsys):
        monkeypatch.setattr(dev, "call", lambda *_: 0)
        assert dev.main(["check"]) == 0
        assert capsys.readouterr().out.endswith("Every check passed.\n")

    def test_ctrl_c_gives_the_status_that_shells_expect(self, monkeypatch):
        def interrupt(_: list[str]) -> int:
            raise KeyboardInterrupt

        monkeypatch.setitem(dev.COMMANDS, "test", interrupt)
        assert dev.main(["test"]) == 130


class TestBench:
    def test_it_says_plainly_that_there_is_none(self, tmp_path: Path, monkeypatch, capsys):
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        assert dev.main(["bench"]) == 0
        assert capsys.readouterr().out == "There are no benchmarks yet.\n"

    @pytest.fixture
    def two_benchmarks(self, door: Door) -> Door:
        folder = door.root / "bench"
        folder.mkdir()
        for name in ("feeds", "answers", "_tools"):
            (folder / f"{name}.py").write_text(f"print('ran', {name!r})\n")
        return door

    def test_all_are_run(self, two_benchmarks: Door):
        assert two_benchmarks.call("bench") == (0, "ran answers\nran feeds\n")

    def test_one_is_run(self, two_benchmarks: Door):
        assert two_benchmarks.call("bench", "feeds") == (0, "ran feeds\n")

    def test_an_unknown_one_is_refused_with_the_names_there_are(self, two_benchmarks: Door):
        status, printed = two_benchmarks.call("bench", "wings")
        assert (status, printed) == (1, "There is no benchmark 'wings', but: answers, feeds.\n")


def test_the_door_needs_nothing_but_the_standard_library():
    """Python without any installed package opens it."""
    path = str(Path(dev.__file__))
    result = subprocess.run(
        [sys.executable, "-I", "-S", path, "help"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
