"""The encoding of a text file is certain, or guessed and told, or asked for."""

import itertools
import random

import pytest

from cxkit.errors import DataError
from cxkit.survey.encoding import find_encoding

RUSSIAN = (
    "Ташкент Москва Самарканд хорошо плохо очень быстро обслуживание отделение карта кредит Филиал банк "
    "приложение Удобно долго ждать очередь спасибо вежливые сотрудники Розница Ответ Женщина Мужчина"
)
UZBEK = "Тошкент Бухоро яхши ёмон жуда хизмат тез ўртача аъло"
WESTERN = (
    "Zürich Málaga Très café Grüße München Köln São España español señor naïve François garçon Århus Tromsø "
    "Göteborg niño corazón élève déjà über schön Müller Crème pâté hôtel Genève Österreich"
)
WORDS = {
    "cp1251": f"{RUSSIAN} {UZBEK}", "cp866": RUSSIAN, "koi8-r": RUSSIAN, "mac-cyrillic": RUSSIAN, "cp1252": WESTERN,
    "mac-roman": WESTERN,
}  # fmt: skip


def write(folder, content, encoding="utf-8"):
    path = folder / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def refusal(path, given=""):
    with pytest.raises(DataError) as caught:
        find_encoding(path, given)
    return str(caught.value)


def shares(folder, encoding, count, trials=60):
    """How many files of so many words are read right, wrong, and not at all."""
    draw = random.Random(7)
    right = wrong = 0
    for _ in range(trials):
        words = draw.sample(WORDS[encoding].split(), count)
        path = write(folder, "id;word\n" + "".join(f"{k};{word}\n" for k, word in enumerate(words)), encoding)
        try:
            found, _ = find_encoding(path)
        except DataError:
            continue
        same = path.read_bytes().decode(found) == path.read_bytes().decode(encoding)
        right, wrong = right + same, wrong + (not same)
    return right / trials, wrong / trials


class TestGuess:
    @pytest.mark.parametrize(
        ("encoding", "least"),
        [("cp1251", 0.9), ("cp866", 1), ("koi8-r", 1), ("mac-cyrillic", 0.7), ("cp1252", 1), ("mac-roman", 0.95)],
    )
    def test_a_handful_of_words_is_read_right_or_not_at_all(self, tmp_path, encoding, least):
        right, wrong = shares(tmp_path, encoding, 6)
        assert right >= least
        assert wrong == 0

    @pytest.mark.parametrize(("encoding", "count"), itertools.product(WORDS, (1, 2, 3)))
    def test_fewer_words_are_not_read_wrong(self, tmp_path, encoding, count):
        assert shares(tmp_path, encoding, count, 40)[1] == 0

    def test_the_first_words_that_decided_are_told(self, tmp_path):
        path = write(tmp_path, "id;branch;note\n1;Zürich;«Très» bien\n2;Zürich;ok\n3;Málaga;café\n", "cp1252")
        assert find_encoding(path) == ("cp1252", "Zürich, Très, Málaga")

    @pytest.mark.parametrize(
        "text", ["Да;Нет", "ТАШКЕНТ;МОСКВА", "до 5 – 10 сум", "№ 5;Оценка", "Київ;Львів", "Алматы"]
    )
    def test_short_russian_and_neighbours(self, tmp_path, text):
        assert find_encoding(write(tmp_path, f"id;a\n1;{text}\n", "cp1251"))[0] == "cp1251"

    @pytest.mark.parametrize("text", ["O‘zbekiston;ko‘p", "don’t", "“good” service…", "slow – very slow"])
    def test_signs_only_are_read_as_they_are(self, tmp_path, text):
        path = write(tmp_path, f"id;a\n1;{text}\n", "cp1252")
        assert text in path.read_bytes().decode(find_encoding(path)[0])

    @pytest.mark.parametrize(
        ("text", "encoding"),
        [("Łódź;Kraków;Poznań", "cp1250"), ("İstanbul;Eskişehir", "cp1254"), ("Αθήνα;Πάτρα", "cp1253"),
         ("Отлично;Хорошо;Плохо", "iso8859-5"), ("Tōkyō".replace("ō", "\x9d"), "latin-1"), ("à", "cp1252")],
    )  # fmt: skip
    def test_what_is_not_certain_is_asked_for(self, tmp_path, text, encoding):
        message = refusal(write(tmp_path, f"id;a\n1;{text}\n", encoding))
        assert message.startswith("a.csv is not UTF-8")
        assert message.endswith("name its encoding, or save the file as UTF-8.")

    def test_a_refusal_shows_the_likely_readings(self, tmp_path):
        message = refusal(write(tmp_path, "id;a\n1;А\n", "cp1251"))
        assert 'cp1251 ("А")' in message
        assert 'cp1252 ("À")' in message


class TestCertain:
    @pytest.mark.parametrize("text", ["id,a\n1,x\n", "id,a\n1,Ташкент\n", "id,a\n1,Zürich 5 €\n"])
    def test_utf8_needs_no_telling(self, tmp_path, text):
        assert find_encoding(write(tmp_path, text)) == ("utf-8", "")

    @pytest.mark.parametrize("name", ["utf-8-sig", "utf-16"])
    def test_a_mark_decides(self, tmp_path, name):
        assert find_encoding(write(tmp_path, "id,a\n1,Ташкент\n", name)) == (name, "")

    @pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("text", ["id,a\n1,x\n", "id,город\n1,Ташкент\n"])
    def test_utf16_without_its_mark_is_found(self, tmp_path, name, text):
        assert find_encoding(write(tmp_path, text, name)) == (name, "")

    def test_a_given_encoding_is_not_doubted(self, tmp_path):
        assert find_encoding(write(tmp_path, "id,a\n1,Ташкент\n", "cp1251"), "koi8-r") == ("koi8-r", "")

    def test_but_utf8_is(self, tmp_path):
        path = write(tmp_path, "id,a\n1,Ташкент\n")
        assert refusal(path, "cp1251") == "a.csv is UTF-8, not cp1251; leave the encoding out."
        assert find_encoding(write(tmp_path, "id,a\n1,x\n"), "cp1251") == ("cp1251", "")


class TestBrokenBytes:
    TEXT = "id,city\n1,Ташкент\n2,Москва\n"

    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
    @pytest.mark.parametrize("byte", [b"\xd1", b"\xff", b"\xe9", b"\x80"])
    def test_one_broken_byte_names_its_row_and_is_no_other_encoding(self, tmp_path, mark, byte):
        path = write(tmp_path, mark + self.TEXT.encode() + b'3,"Sama\nrkand"\n4,Bu' + byte + b"xoro\n")
        message = refusal(path)
        assert message.startswith('a.csv, row 5, at "4,Bu\ufffdxoro": found a byte that is not utf-8')

    def test_a_broken_byte_in_row_1(self, tmp_path):
        assert refusal(write(tmp_path, b"id,\xff" + self.TEXT.encode()[2:])).startswith('a.csv, row 1, at "id,\ufffd')
