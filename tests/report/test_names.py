"""The same survey under other names: clients, languages and folders change no number of a report."""

import json

import pytest

from cxkit.report.job import Job

WAYS = [("a", "en"), ("b", "ru"), ("c", "uz"), ("a", "uz_Cyrl")]
DRAWING = {  # settings with which a method draws random numbers
    "nps": {"interval": "bootstrap", "drivers": ["ease", "trust"]},
    "csi_tree": {"outcome": "recommend", "weights": "derived"},
}


@pytest.mark.parametrize("method", DRAWING)
def test_the_same_survey_gives_the_same_numbers_under_every_name_and_in_every_language(make, tmp_path, method):
    found = []
    for client, lang in WAYS:
        job = Job(client, method, {"data_path": "sample:bank", **DRAWING[method]}, lang=lang)
        bundle = make(job, tmp_path / lang)
        content = json.loads((bundle / "result.json").read_text(encoding="utf-8"))
        kept = {name: content[name] for name in ("table", "facts", "notes", "audit")}
        found.append((kept, (bundle / "table.csv").read_bytes()))
    assert found[0][0]["table"]
    assert all(one == found[0] for one in found[1:])
