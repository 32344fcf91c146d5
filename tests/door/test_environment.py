"""How .venv is made, when it is left alone, and how locks are written."""

import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

import dev
from tests.door.stand_in import REAL_ROOT, Door

LOCKS = sorted((REAL_ROOT / "requirements").glob("*.txt"))


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    """Give the imported door a folder of its own, with small locks and an empty .venv."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "installed")
    (tmp_path / "requirements").mkdir()
    for profile in dev.PROFILES:
        (tmp_path / "requirements" / f"{profile}.txt").write_text(f"# {profile}\n")
    return tmp_path


def installed(profile: str) -> None:
    """Make .venv look as if `profile` had been installed."""
    dev.PYTHON.parent.mkdir(parents=True, exist_ok=True)
    dev.PYTHON.touch()
    dev.STAMP.write_text(f"{profile} {dev.fingerprint(profile)}\n")


class TestStamp:
    def test_without_a_stamp_nothing_is_installed(self, project):
        assert not dev.is_installed("run")

    @pytest.mark.parametrize(
        ("stamped", "wanted", "enough"),
        [
            ("run", "run", True),
            ("run", "scale", False),
            ("run", "dev", False),
            ("scale", "run", True),
            ("scale", "scale", True),
            ("scale", "dev", False),
            ("dev", "run", True),
            ("dev", "scale", True),
            ("dev", "dev", True),
        ],
    )
    def test_a_larger_profile_serves_for_a_smaller_one(self, project, stamped, wanted, enough):
        installed(stamped)
        assert dev.is_installed(wanted) is enough

    def test_another_lock_calls_for_another_installation(self, project):
        installed("run")
        (project / "requirements" / "run.txt").write_text("# changed\n")
        assert not dev.is_installed("run")

    def test_another_python_calls_for_another_installation(self, project, monkeypatch):
        installed("run")
        monkeypatch.setattr(dev.sys, "version", "3.99.0")
        assert not dev.is_installed("run")

    def test_an_environment_whose_python_is_gone_does_not_count(self, project):
        installed("run")
        dev.PYTHON.unlink()
        assert not dev.is_installed("run")

    @pytest.mark.parametrize("text", ["", "run", "run a b", "walk 123"])
    def test_a_stamp_that_says_nothing_does_not_count(self, project, text):
        installed("run")
        dev.STAMP.write_text(text)
        assert not dev.is_installed("run")

    def test_a_warm_start_installs_nothing(self, project, monkeypatch, capsys):
        installed("dev")
        monkeypatch.setattr(dev, "install", lambda _: pytest.fail("installed again"))
        dev.ensure_environment("run")
        assert capsys.readouterr().out == ""

    def test_a_failed_installation_leaves_no_stamp(self, project, monkeypatch):
        def fail(_: str) -> None:
            raise dev.Trouble("no network")

        monkeypatch.setattr(dev, "make_environment", lambda: None)
        monkeypatch.setattr(dev, "install", fail)
        with pytest.raises(dev.Trouble):
            dev.ensure_environment("run")
        assert not dev.STAMP.exists()


class TestEnvironment:
    def test_it_is_made_with_pip_and_stamped_and_kept(self, project, capsys):
        dev.ensure_environment("run")
        assert dev.report(dev.PYTHON, "-m", "pip", "--version").returncode == 0
        assert dev.is_installed("run")
        assert capsys.readouterr().out.startswith("Setting up .venv from requirements/run.txt")
        mine = dev.VENV / "mine"
        mine.touch()
        # The next profile goes into the same environment.
        dev.ensure_environment("dev")
        assert mine.exists()
        assert dev.is_installed("run")

    def test_one_that_was_made_by_another_python_is_made_anew(self, project, monkeypatch):
        dev.PYTHON.parent.mkdir(parents=True)
        dev.PYTHON.write_text("#!/bin/sh\necho 3.9.2\n")
        dev.PYTHON.chmod(0o755)
        real = dev.report

        def report(*command: str | Path) -> subprocess.CompletedProcess[str]:
            """Run everything but ensurepip, which takes seconds."""
            return real("true") if "ensurepip" in command else real(*command)

        monkeypatch.setattr(dev, "report", report)
        dev.make_environment()
        version = dev.report(dev.PYTHON, "-c", "import sys; print(sys.version)").stdout.strip()
        assert version == sys.version

    def test_a_folder_that_cannot_be_made_is_named(self, project, monkeypatch):
        (project / "file").touch()
        monkeypatch.setattr(dev, "VENV", project / "file" / ".venv")
        monkeypatch.setattr(dev, "PYTHON", project / "file" / ".venv" / "bin" / "python")
        with pytest.raises(dev.Trouble, match=r"The folder .*\.venv cannot be made: .*Not a dir"):
            dev.make_environment()


class TestPipFailures:
    def test_an_unreachable_index_says_what_to_do(self, project, monkeypatch):
        dev.VENV.mkdir()
        monkeypatch.setattr(dev, "PYTHON", Path(sys.executable))
        (project / "requirements" / "run.txt").write_text(
            "supportgroups-never-published==1 --hash=sha256:" + "0" * 64 + "\n"
        )
        # Port 9 of this machine answers nobody.
        for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        monkeypatch.setenv("PIP_RETRIES", "1")
        with pytest.raises(dev.Trouble, match="check the network connection") as trouble:
            dev.install("run")
        assert str(dev.VENV / "pip.log") in str(trouble.value)
        assert "supportgroups-never-published" in (dev.VENV / "pip.log").read_text()

    def test_pips_own_error_is_passed_on(self):
        report = "Collecting flask\nERROR: These packages do not match the hashes.\n    more\n"
        assert dev.why_pip_failed("requirements/run.txt", report) == (
            "pip could not install requirements/run.txt: "
            "ERROR: These packages do not match the hashes."
        )

    @pytest.mark.parametrize(
        ("report", "last"),
        [("", "it gave no reason."), ("one\nNo module named pip\n\n", "No module named pip")],
    )
    def test_without_an_error_line_the_last_line_is_passed_on(self, report, last):
        assert dev.why_pip_failed("x.txt", report) == f"pip could not install x.txt: {last}"


class TestLocks:
    @pytest.mark.parametrize(
        "line",
        [
            "--index-url https://packages.example.org/simple",
            "--find-links wheels",
            "https://packages.example.org/flask.whl",
            "  -f wheels",
            "-i mirror",
            "--extra-index-url x",
            "flask @ file:///srv/flask.whl",
            "flask @ ./flask.whl",
        ],
    )
    def test_an_address_is_never_written(self, tmp_path: Path, line):
        path = tmp_path / "run.txt"
        path.write_text("before\n")
        with pytest.raises(dev.Trouble, match=r"run\.txt was not written"):
            dev.write_lock(path, f"flask==3.1.3\n{line}\n")
        assert path.read_text() == "before\n"

    def test_names_and_hashes_are_written(self, tmp_path: Path):
        text = (
            "flask==3.1.3 ; sys_platform == 'linux' \\\n    --hash=sha256:00\n    # via -c a.txt\n"
        )
        dev.write_lock(tmp_path / "run.txt", text)
        assert (tmp_path / "run.txt").read_text() == text

    def test_there_is_one_lock_for_each_profile_and_each_source(self):
        assert {path.stem for path in LOCKS} == set(dev.LOCKS)
        assert set(dev.PROFILES) < set(dev.LOCKS)

    @pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
    def test_a_lock_tells_no_address_and_hashes_everything(self, path: Path):
        text = path.read_text()
        assert not [line for line in text.splitlines() if dev.ADDRESS.search(line)]
        names = re.findall(r"^[a-z0-9]\S*==", text, re.MULTILINE)
        hashed = re.findall(r"^[a-z0-9]\S*==[^\n]* \\\n    --hash=sha256:", text, re.MULTILINE)
        assert len(names) == len(hashed) > 5

    def test_each_profile_holds_the_one_before_it(self):
        def pins(name: str) -> set[str]:
            text = (REAL_ROOT / "requirements" / f"{name}.txt").read_text()
            return set(re.findall(r"^[a-z0-9]\S*==\S+", text, re.MULTILINE))

        assert pins("run") < pins("scale") < pins("dev")

    def test_a_lock_names_the_extras_that_its_packages_ask_for(self):
        """An older pip takes the newest release, without a hash, for an extra that is not named."""
        lock = (REAL_ROOT / "requirements" / "dev.txt").read_text()
        asked = {
            f"{found[1].lower()}=="
            for distribution in distributions()
            if re.search(rf"^{distribution.name.lower()}[=\[]", lock, re.MULTILINE)
            for wish in distribution.requires or []
            if "extra ==" not in wish and (found := re.match(r"([\w.-]+\[[\w,-]+\])", wish))
        }
        assert "coverage[toml]==" in asked
        assert [name for name in asked if f"\n{name}" not in lock] == []

    def test_a_resolution_that_fails_is_reported_and_nothing_is_written(self, door: Door):
        """The stand-in for uv complains as uv does when two wishes exclude each other."""
        uv = door.root / ".venv" / "uv" / "bin" / "uv"
        uv.parent.mkdir(parents=True)
        uv.write_text("#!/bin/sh\necho 'flask==1 and flask==2 are incompatible'\nexit 1\n")
        uv.chmod(0o755)
        # pip itself must not be asked for the real uv.
        door.without_pip("exit 0")
        before = (door.root / "requirements" / "dev.txt").read_text()
        status, printed = door.call("lock")
        assert status == 1
        assert "uv could not resolve run: flask==1 and flask==2 are incompatible" in printed
        assert (door.root / "requirements" / "dev.txt").read_text() == before
        assert not (door.root / "requirements" / "run.txt").exists()

    def test_folders_of_packages_are_hidden_from_uv(self, door: Door):
        door.without_pip("exit 0")
        uv = door.root / ".venv" / "uv" / "bin" / "uv"
        uv.parent.mkdir(parents=True)
        uv.write_text('#!/bin/sh\necho "# $PIP_FIND_LINKS$UV_FIND_LINKS$UV_PYTHON $*"\n')
        uv.chmod(0o755)
        variables = {"PIP_FIND_LINKS": "links", "UV_FIND_LINKS": "links", "UV_PYTHON": "kept"}
        status, printed = door.call("lock", **variables)
        assert status == 0, printed
        text = (door.root / "requirements" / "run.txt").read_text()
        assert text.startswith("# kept pip compile --universal --python-version 3.11")
        assert text.endswith("pyproject.toml\n")
