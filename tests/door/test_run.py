"""`dev.py run`: it starts, says where, and leaves nothing behind."""

import http.client
import signal
import time

import pytest

from tests.door.stand_in import REAL_ROOT, Door, processes_of, read_until


def answer(port: int, path: str) -> tuple[int, str]:
    """Fetch one page from this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


class TestStandIn:
    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_it_serves_until_told_to_stop_and_leaves_nothing(self, door: Door, free_port, ending):
        program = door.start("run", "--port", str(free_port))
        printed = read_until(program, "Press Ctrl-C")
        assert f"http://127.0.0.1:{free_port}\n" in printed
        assert f"http://127.0.0.1:{free_port}/dev/mail" in printed
        for person in ("rosa", "kofi", "sam", "stan", "ola"):
            assert f"{person}@example.org" in printed
        assert answer(free_port, "/healthz") == (200, "ok")
        running = "\n".join(processes_of(door.root))
        assert "gunicorn wsgi:app" in running
        assert "--workers 2 --threads 4" in running
        assert "flask --app wsgi worker" in running
        program.send_signal(ending)
        # The pipe ends when the last process that could write to it is gone.
        rest = program.communicate(timeout=30)[0]
        assert processes_of(door.root) == []
        assert (program.returncode, rest) == (0, "\nStopped.\n")

    def test_its_settings_reach_the_site(self, door: Door, free_port):
        door.site(prepare="print(dict(os.environ))")
        program = door.start(
            *("run", "--port", str(free_port), "--data-dir", "elsewhere"),
            SUPPORTGROUPS_COUNTRY="IE",
        )
        printed = read_until(program, "Press Ctrl-C")
        for setting in (
            f"'SUPPORTGROUPS_BASE_URL': 'http://127.0.0.1:{free_port}'",
            "'SUPPORTGROUPS_COUNTRY': 'IE'",
            f"'SUPPORTGROUPS_DATA_DIR': '{door.root / 'elsewhere'}'",
            "'SUPPORTGROUPS_DEVELOPMENT': '1'",
        ):
            assert setting in printed

    def test_a_site_with_an_address_of_its_own_is_asked_by_that_name(self, door: Door, free_port):
        door.site(after="app.config['TRUSTED_HOSTS'] = ['groups.example.org']")
        program = door.start(
            *("run", "--port", str(free_port)),
            SUPPORTGROUPS_BASE_URL="https://groups.example.org/",
        )
        printed = read_until(program, "Press Ctrl-C")
        assert "https://groups.example.org/dev/mail\n" in printed

    def test_addresses_with_secrets_are_not_printed(self, door: Door, free_port):
        program = door.start("run", "--port", str(free_port))
        read_until(program, "Press Ctrl-C")
        assert answer(free_port, "/calendar/a-secret.ics")[0] == 404
        program.send_signal(signal.SIGINT)
        assert "a-secret" not in program.communicate(timeout=30)[0]

    @pytest.mark.parametrize(
        ("address", "lock"),
        [("", "run.txt"), ("postgresql://groups@db/groups", "scale.txt")],
    )
    def test_what_the_site_needs_is_installed_first(self, door: Door, free_port, address, lock):
        """The stand-in for pip fails, which shows that it was asked, and for what."""
        (door.root / ".venv" / "installed").unlink()
        door.without_pip("echo ERROR: asked for $*; exit 1")
        status, printed = door.call(
            *("run", "--port", str(free_port)), SUPPORTGROUPS_DATABASE_URL=address
        )
        assert status == 1
        assert printed.startswith(f"Setting up .venv from requirements/{lock} ")
        assert f"pip could not install requirements/{lock}: ERROR: asked for -m pip" in printed
        assert f"--require-hashes -r requirements/{lock}" in printed

    def test_a_database_that_cannot_be_prepared_ends_it(self, door: Door, free_port):
        door.site(prepare="sys.exit('the disk is full')")
        status, printed = door.call("run", "--port", str(free_port))
        assert status == 1
        assert printed == (
            "the disk is full\nThe database could not be prepared, for the reason given above.\n"
        )

    def test_a_worker_that_ends_takes_the_server_with_it(self, door: Door, free_port):
        door.site(worker="sys.exit(3)")
        status, printed = door.call("run", "--port", str(free_port))
        assert status == 1
        sentence = "The worker stopped by itself (exit status 3), so the rest was stopped too."
        assert printed.splitlines()[-1] == sentence
        assert processes_of(door.root) == []

    def test_a_server_that_cannot_start_takes_the_worker_with_it(self, door: Door, free_port):
        door.site(after="if 'gunicorn' in sys.argv[0]: raise RuntimeError('broken')")
        status, printed = door.call("run", "--port", str(free_port))
        assert status == 1
        assert printed.splitlines()[-1].startswith("The server stopped by itself (exit status ")
        assert processes_of(door.root) == []

    def test_ctrl_c_during_the_preparation_stops_it(self, door: Door, free_port):
        door.site(prepare="print('preparing', flush=True); time.sleep(60)")
        program = door.start("run", "--port", str(free_port))
        read_until(program, "preparing")
        begun = time.monotonic()
        program.send_signal(signal.SIGINT)
        rest = program.communicate(timeout=30)[0]
        assert (program.returncode, rest) == (0, "\nStopped.\n")
        assert time.monotonic() - begun < 5
        assert processes_of(door.root) == []

    def test_ctrl_c_during_the_start_stops_it(self, door: Door, free_port):
        door.site(after="if 'gunicorn' in sys.argv[0]: print('loading', flush=True); time.sleep(2)")
        program = door.start("run", "--port", str(free_port))
        read_until(program, "loading")
        program.send_signal(signal.SIGINT)
        rest = program.communicate(timeout=30)[0]
        assert program.returncode == 0
        assert "Press Ctrl-C" not in rest
        assert "Traceback" not in rest
        assert processes_of(door.root) == []

    def test_a_worker_that_will_not_end_is_ended(self, door: Door, free_port):
        door.site(worker="signal.signal(signal.SIGTERM, signal.SIG_IGN)")
        (door.root / "dev.py").write_text(
            (door.root / "dev.py").read_text().replace("STOP_LIMIT = 10", "STOP_LIMIT = 1")
        )
        program = door.start("run", "--port", str(free_port))
        read_until(program, "Press Ctrl-C")
        program.send_signal(signal.SIGINT)
        assert program.communicate(timeout=30)[0] == "\nStopped.\n"
        assert processes_of(door.root) == []


class TestRealSite:
    def test_it_starts_on_an_empty_folder_and_again_on_its_data(self, door: Door, free_port):
        """The real package, in a folder of its own: demo data once, and no word on a warm start."""
        (door.root / "wsgi.py").unlink()
        for name in ("wsgi.py", "supportgroups", "templates", "static", "migrations"):
            (door.root / name).symlink_to(REAL_ROOT / name)
        for _ in range(2):
            program = door.start("run", "--port", str(free_port))
            read_until(program, "Press Ctrl-C")
            assert answer(free_port, "/healthz")[0] == 200
            assert answer(free_port, "/")[0] == 200
            assert answer(free_port, "/dev/mail")[0] == 200
            program.send_signal(signal.SIGINT)
            rest = program.communicate(timeout=30)[0]
            assert (program.returncode, rest) == (0, "\nStopped.\n")
            assert processes_of(door.root) == []
