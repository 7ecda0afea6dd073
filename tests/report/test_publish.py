"""Publishing: folder names that are safe, and a reader who sees the old bundle or the new one."""

import os
import re
import stat
import sys
import threading
import unicodedata
from pathlib import Path

import pytest

from cxkit.batch.selection import removed
from cxkit.errors import ReportError, SettingsError
from cxkit.report.publish import clear_stale, folder_name, publish, staging_folder, write_atomic

SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def bundle(folder, text, name="bundle"):
    path = folder / name
    (path / "figures").mkdir(parents=True)
    (path / "report.html").write_text(text)
    (path / "figures" / "figure.png").write_text(text)
    return path


def content(folder):
    return {str(p.relative_to(folder)): p.read_text() for p in sorted(folder.rglob("*")) if p.is_file()}


def of(text):
    return {"figures/figure.png": text, "report.html": text}


@pytest.mark.parametrize("client", ["007", "acme", "Acme.Bank_1-2", "a", "9", "x" * 64, "a..b", "constant", "com10"])
def test_a_plain_id_is_its_own_folder(client):
    assert folder_name(client) == client


@pytest.mark.parametrize(
    ("client", "start"),
    [
        ("Ferghana Dairy", "Ferghana-Dairy-"),
        (" acme ", "acme-"),
        ("Сут-Тўқин", "client-"),
        ("Банк 24", "24-"),
        ("Café", "Cafe-"),
        ("ﬁne", "fine-"),
        ("x" * 65, "x" * 40 + "-"),
        ("х" * 200, "client-"),
        ("CON", "CON-"),
        ("con.txt", "con-txt-"),
        ("Nul", "Nul-"),
        ("com1", "com1-"),
        ("LPT9.old", "LPT9-old-"),
        ("acme.", "acme-"),
        ("-rf", "rf-"),
        ("_x", "_x-"),
        ("=1+1", "1-1-"),
        ("a:b", "a-b-"),
        ("<script>", "script-"),
        ("$(rm)", "rm-"),
        ("a%2e%2e", "a-2e-2e-"),
        ("😀", "client-"),
        ("\u202eabc", "abc-"),
        ("．．", "client-"),
        ("a\x7fb", "a-b-"),
    ],
)
def test_any_other_id_becomes_its_safe_part_and_a_hash(client, start):
    found = folder_name(client)
    assert re.fullmatch(re.escape(start) + "[0-9a-f]{8}", found)
    assert len(found) <= 64
    assert SAFE.fullmatch(found) or found.startswith("_")
    assert folder_name(client) == found


def test_the_hash_keeps_ids_apart_that_share_a_safe_part():
    ids = ["Сут", "Нон", "a b", "a  b", "a-b ", "Café", "café", "CON", "con"]
    assert len({folder_name(client).casefold() for client in ids}) == len(ids)


@pytest.mark.parametrize(
    "client",
    [
        "", " ", "\t", "../x", "..", ".", ".hidden", "/etc/passwd", "a/b", "a\\b", "C:\\x", "..\\x", "a/../../b",
        "a\x00b", "a\nb", "x\x1b[2J", "x" * 201,
    ],
    ids=ascii,
)  # fmt: skip
def test_an_id_that_is_a_path_empty_or_too_long_is_refused(client):
    with pytest.raises(SettingsError, match="cannot name a folder; give letters and digits") as caught:
        folder_name(client)
    assert len(str(caught.value)) < 160


@pytest.mark.parametrize(
    ("client", "fault"),
    [
        ("x" * 201, " has 201 characters and cannot name a folder; give letters and digits, at most 200."),
        ("Сут" * 1000, " has 3000 characters and "),
        ("a/b" * 100, " has 300 characters and "),
        ("", '"" cannot name a folder; give letters and digits, such as 007.'),
        ("a\nb", '"a b" cannot name a folder; give letters and digits, no line breaks or characters that cannot be'),
        ("\ud800", "no line breaks or characters that cannot be shown."),
        ("a/b", '"a/b" cannot name a folder; give letters and digits, no / \\ or dot first.'),
        (".a", "no / \\ or dot first."),
    ],
    ids=ascii,
)
def test_the_true_fault_of_an_id_is_named(client, fault):
    with pytest.raises(SettingsError) as caught:
        folder_name(client)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_id_of_two_hundred_letters_is_taken():
    assert folder_name("x" * 200)


def test_a_full_width_path_never_leaves_the_folder(tmp_path):
    for client in ("／etc／passwd", "．．／x", "a＼b", "\u2024\u2024"):
        target = (tmp_path / folder_name(client)).resolve()
        assert target.parent == tmp_path.resolve()


def test_an_id_that_is_no_text_is_refused():
    with pytest.raises(SettingsError, match="cannot name a folder"):
        folder_name("\ud800")


@pytest.mark.parametrize(
    "client", ["index.html", "summary.json", "summary.csv", "results.csv", "results.parquet", "Index.HTML"]
)
def test_an_id_never_takes_the_name_of_a_file_over_all_clients(client):
    assert folder_name(client).casefold() != client.casefold()


def test_staging_is_made_inside_and_removed(tmp_path):
    out = tmp_path / "not" / "yet"
    with staging_folder(out) as first, staging_folder(out) as second:
        assert first.parent == second.parent == out
        assert first != second
        bundle(first, "half")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("error", [ReportError, OSError, KeyboardInterrupt, SystemExit])
def test_staging_is_removed_after_an_error(error, tmp_path):
    with pytest.raises(error), staging_folder(tmp_path) as folder:  # noqa: PT012
        bundle(folder, "half")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_new_bundle_is_moved_into_place(tmp_path):
    publish(bundle(tmp_path, "new"), tmp_path / "out" / "acme" / "nps")
    assert content(tmp_path) == {f"out/acme/nps/{name}": text for name, text in of("new").items()}


@pytest.fixture
def in_two_steps(monkeypatch):
    """A system that cannot exchange two folders."""
    monkeypatch.setattr("cxkit.report.publish._exchange", lambda one, other: False)


@pytest.mark.skipif(sys.platform != "linux", reason="folders change places on Linux only")
def test_a_reader_never_finds_an_empty_place(tmp_path):
    target, seen, done = bundle(tmp_path / "out", "0", "nps"), set(), threading.Event()

    def read():
        while not done.is_set():
            seen.add((target / "report.html").exists())

    reader = threading.Thread(target=read)
    reader.start()
    for k in range(1, 200):
        with staging_folder(tmp_path / "out") as staging:
            publish(bundle(staging, str(k)), target)
    done.set()
    reader.join()
    assert seen == {True}
    assert content(tmp_path / "out") == {f"nps/{name}": text for name, text in of("199").items()}


@pytest.mark.usefixtures("in_two_steps")
def test_an_earlier_bundle_is_replaced_whole_in_two_steps(tmp_path):
    test_an_earlier_bundle_is_replaced_whole(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"out"}


def test_an_earlier_bundle_is_replaced_whole(tmp_path):
    target = bundle(tmp_path / "out", "old", "nps")
    (target / "figures" / "gone.svg").write_text("old")
    with staging_folder(tmp_path / "out") as staging:
        publish(bundle(staging, "new"), target)
    assert content(target) == of("new")
    assert [path.name for path in target.parent.iterdir()] == ["nps"]


def test_an_earlier_bundle_stays_when_there_is_nothing_to_move(tmp_path):
    target = bundle(tmp_path / "out", "old", "nps")
    with pytest.raises(FileNotFoundError):
        publish(tmp_path / "never made", target)
    assert content(target) == of("old")
    assert [path.name for path in target.parent.iterdir()] == ["nps"]


@pytest.mark.usefixtures("in_two_steps")
def test_an_earlier_bundle_stays_when_the_move_fails(tmp_path, monkeypatch):
    target, fresh = bundle(tmp_path / "out", "old", "nps"), bundle(tmp_path, "new")
    rename = Path.rename

    def full_disk(self, to):
        if self == fresh:
            assert not target.exists(), "the earlier bundle makes room first"
            raise OSError(28, "No space left on device")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", full_disk)
    with pytest.raises(OSError, match="No space left"):
        publish(fresh, target)
    assert content(target) == of("old")
    assert [path.name for path in target.parent.iterdir()] == ["nps"]


def test_what_a_killed_run_left_is_removed(tmp_path):
    out = tmp_path / "out"
    bundle(out / "acme", "new", "nps")
    bundle(out / ".staging-a1", "half")
    bundle(out / "acme" / ".old-b2", "old", "nps")
    (out / "gone" / ".old-c3").mkdir(parents=True)
    (out / ".new-d4").write_text("half an index")
    clear_stale(out)
    assert content(out) == {f"acme/nps/{name}": text for name, text in of("new").items()}
    assert {path.name for path in out.iterdir()} == {"acme", "gone"}
    assert [path.name for path in (out / "acme").iterdir()] == ["nps"]
    assert list((out / "gone").iterdir()) == []


def test_what_another_run_is_working_in_is_left(tmp_path):
    bundle(tmp_path / ".staging-a1", "half")
    with staging_folder(tmp_path) as mine:
        (mine / "page").write_text("half")
        clear_stale(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == [mine.name]
        assert (mine / "page").read_text() == "half"
        (mine / "bundle").mkdir()
        (mine / "bundle" / "run.json").touch()
        assert removed([], tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_that_a_killed_run_had_moved_away_is_put_back(tmp_path):
    bundle(tmp_path / "acme" / ".old-b2", "old", "nps")
    bundle(tmp_path / "acme", "other", "scaling")
    clear_stale(tmp_path)
    assert content(tmp_path / "acme" / "nps") == of("old")
    assert {path.name for path in (tmp_path / "acme").iterdir()} == {"nps", "scaling"}


def test_nothing_of_somebody_else_is_cleared(tmp_path):
    bundle(tmp_path / "acme", "new", "nps")
    for name in ("index.html", "notes.txt", ".lock", "acme/.new-x", "acme/nps/.old-x", "acme/nps/.staging-x"):
        (tmp_path / name).write_text("kept")
    before = content(tmp_path)
    clear_stale(tmp_path)
    assert content(tmp_path) == before


def test_a_folder_that_is_not_there_yet_has_nothing_to_clear(tmp_path):
    clear_stale(tmp_path / "not yet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("in_two_steps")
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_earlier_bundle_stays_when_the_move_is_interrupted(error, tmp_path, monkeypatch):
    target, fresh = bundle(tmp_path / "out", "old", "nps"), bundle(tmp_path, "new")
    rename = Path.rename

    def interrupted(self, to):
        if self == fresh:
            raise error
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(error):
        publish(fresh, target)
    assert content(target) == of("old")


def test_a_file_in_the_place_of_the_bundle_gives_way(tmp_path):
    target = tmp_path / "out" / "nps"
    target.parent.mkdir()
    target.write_text("a file of somebody")
    publish(bundle(tmp_path, "new"), target)
    assert content(target) == of("new")


def test_a_file_in_the_place_of_the_client_folder_stays(tmp_path):
    (tmp_path / "acme").write_text("a file of somebody")
    with pytest.raises(OSError, match="acme"):
        publish(bundle(tmp_path, "new"), tmp_path / "acme" / "nps")
    assert (tmp_path / "acme").read_text() == "a file of somebody"


def test_a_text_file_is_replaced_whole_and_readable_by_all(tmp_path):
    path = tmp_path / "deep" / "index.html"
    write_atomic(path, "old and long")
    write_atomic(path, "ўқ\r\n\n")
    assert path.read_bytes() == "ўқ\r\n\n".encode()
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o644
    assert [found.name for found in path.parent.iterdir()] == ["index.html"]


def test_a_text_file_stays_when_the_new_one_cannot_be_written(tmp_path):
    path = tmp_path / "index.html"
    write_atomic(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomic(path, "new \ud800")
    assert path.read_text() == "old"


def test_no_half_file_is_left_when_a_text_cannot_be_written(tmp_path):
    with pytest.raises(UnicodeEncodeError):
        write_atomic(tmp_path / "index.html", "new \ud800")
    assert list(tmp_path.iterdir()) == []


def test_composed_and_decomposed_ids_have_folders_of_plain_ascii():
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert folder_name(unicodedata.normalize(form, "Йўл Café")).isascii()
