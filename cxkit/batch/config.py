"""The batch config: one YAML file that names the clients, their data and their reports."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from cxkit.data.yamlfile import load_yaml
from cxkit.errors import SettingsError, did_you_mean


def _text(value: Any) -> Any:
    """Numbers written without quotes are the text they look like; 1.50 would not be."""
    if isinstance(value, bool | float):
        raise ValueError("write it in quotes")
    return str(value) if isinstance(value, int) else value


Text = Annotated[str, BeforeValidator(_text)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BrandConfig(_Strict):
    """A logo file and two colours, #rrggbb."""

    logo: Text = ""
    primary: Text = "#12344d"
    accent: Text = ""


class Defaults(_Strict):
    """What holds for all clients unless a client says otherwise."""

    lang: Text = Field("en", description="en, ru, uz or uz_Cyrl")
    date: Text = Field("", description="date on the page, YYYY-MM-DD; left out when empty")
    data: Text = Field("", description="survey file, relative to this config, or sample:NAME")
    codebook: Text = Field("", description="YAML codebook, relative to this config")
    brand: BrandConfig = BrandConfig()
    methods: dict[str, dict[str, Any] | None] = Field({}, description="method -> settings of its template")


class Client(Defaults):
    """One client; what is not said here is taken from the defaults above."""

    client: Text = Field(description="id of the client; names its folder")
    name: Text = Field("", description="name on the page")
    where: dict[str, Text] = Field({}, description="column -> value: this client's rows of a shared file")


class Config(Defaults):
    """A batch: defaults for all clients, then the clients."""

    title: Text = Field("", description="title of the index page")
    clients: list[Client] = Field(min_length=1)


def read_config(path: str | Path) -> Config:
    """Read a batch config.

    Raises
    ------
    SettingsError : the file cannot be read, or a key or value is wrong; the sentence names the place.
    """
    content = load_yaml(path, "config")
    try:
        return Config.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = {**Config.model_fields, **Client.model_fields, **BrandConfig.model_fields}
            hint = did_you_mean(str(first["loc"][-1]), known)
            raise SettingsError(f'The config "{Path(path).name}" has the unknown key {place}; {hint}') from None
        found = "" if first["type"] == "missing" else f", found {first['input']!r}"
        raise SettingsError(f'The config "{Path(path).name}" is wrong at {place}: {first["msg"]}{found}.') from None


def json_schema() -> str:
    """The config's JSON schema, for editors that check YAML while it is written."""
    return json.dumps(Config.model_json_schema(), indent=1)
