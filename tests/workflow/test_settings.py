"""Settings: what the environment may say, and the words for what it may not."""

import stat
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import pytest

from workflow.settings import OFFICE_ZONE, READERS, SettingInvalid, Settings, variables


def test_an_empty_environment_gives_the_defaults():
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert settings.database_url == f"sqlite:///{settings.var_directory}/selection.db"
    assert settings.zone is OFFICE_ZONE
    assert settings.is_demo is False


def test_every_field_has_a_reader():
    assert set(READERS) == set(variables().values())


def test_values_are_read():
    settings = Settings.from_environment(
        {
            "SELECTION_DATABASE_URL": " postgresql://selection@db.example/selection ",
            "SELECTION_VAR_DIRECTORY": "/srv/selection",
            "SELECTION_PUBLIC_URL": "https://selection.example/office/",
            "SELECTION_SMTP_PORT": "587",
            "SELECTION_ZONE": "Asia/Urumqi",
            "SELECTION_DEMO": "Yes",
            "PATH": "/bin",
        }
    )
    assert settings.database_url == "postgresql://selection@db.example/selection"
    assert settings.secret_key_file == Path("/srv/selection/secret.key")
    assert settings.public_url == "https://selection.example/office"
    assert (settings.smtp_port, settings.zone, settings.is_demo) == (587, ZoneInfo("Asia/Urumqi"), True)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SELECTION_DATABASE_URL", "selection.db"),
        ("SELECTION_DATABASE_URL", "mysql://root@localhost/selection"),
        ("SELECTION_DATABASE_URL", "postgresql://host:port/name"),
        ("SELECTION_VAR_DIRECTORY", ""),
        ("SELECTION_PUBLIC_URL", "selection.example"),
        ("SELECTION_PUBLIC_URL", "ftp://selection.example"),
        ("SELECTION_TRUSTED_PROXIES", "-1"),
        ("SELECTION_TRUSTED_PROXIES", "10"),
        ("SELECTION_SMTP_PORT", "0"),
        ("SELECTION_SMTP_PORT", "65536"),
        ("SELECTION_SMTP_PORT", "二十五"),
        ("SELECTION_SMTP_PORT", "٢٥"),
        ("SELECTION_SMTP_SECURITY", "ssl"),
        ("SELECTION_ZONE", "Shanghai"),
        ("SELECTION_ZONE", "../../etc/passwd"),
        ("SELECTION_DEMO", "perhaps"),
        ("SELECTION_DATABSE_URL", "sqlite:///misspelt.db"),
    ],
)
def test_a_bad_value_is_refused_and_its_variable_named(variable, text):
    with pytest.raises(SettingInvalid, match=f"^{variable}: "):
        Settings.from_environment({variable: text})


def test_variables_of_the_front_door_are_let_through():
    assert Settings.from_environment({"SELECTION_TEST_WORKERS": "4"}) == Settings()


def test_the_secret_key_is_made_once_and_only_for_its_owner(tmp_path):
    settings = Settings(var_directory=tmp_path / "new")
    key = settings.secret_key()
    assert len(key) == 32
    assert Settings(var_directory=tmp_path / "new").secret_key() == key
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]


def test_processes_that_start_together_get_one_key(tmp_path):
    keys: list[bytes] = []
    settings = Settings(var_directory=tmp_path)
    starting = [Thread(target=lambda: keys.append(settings.secret_key())) for _number in range(8)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
