"""The batch config: one YAML file that names the clients, their data and their reports."""

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from cxkit.errors import SettingsError, did_you_mean
from cxkit.survey.yamlfile import load_yaml


def _text(value: Any) -> Any:
    """Numbers written without quotes are the text they look like; 1.50 would not be."""
    if isinstance(value, bool | float):
        raise ValueError("write it in quotes")
    return str(value) if isinstance(value, int) else value


HOW = ("sheet", "encoding", "delimiter")  # settings of methods that say how a file is read
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
    data: Text = Field(
        "", description="survey file or folder of .parquet files, relative to this config, or sample:NAME"
    )
    split_by: Text = Field("", description="column of a shared file: each client takes the rows with its own value")
    codebook: Text = Field("", description="YAML codebook, relative to this config")
    brand: BrandConfig = BrandConfig()
    methods: dict[str, dict[str, Any] | None] = Field({}, description="method -> settings of its template")


class Client(Defaults):
    """One client; what is not said here is taken from the defaults above."""

    client: Text = Field(description="id of the client; names its folder")
    name: Text = Field("", description="name on the page")
    value: Text = Field("", description="this client's value in the split_by column; its id when empty")
    where: dict[str, Text] = Field({}, description="column -> value: this client's rows of a shared file")


class Config(Defaults):
    """A batch: defaults for all clients, then the clients; without a list, each value of ``split_by`` is a client."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"split_by": {"const": ""}}},
            "then": {"required": ["clients"], "properties": {"clients": {"minItems": 1}}},
        }
    )

    title: Text = Field("", description="title of the index page")
    clients: list[Client] = Field([], description="left out: all values of split_by", validate_default=True)

    @field_validator("clients")
    @classmethod
    def _someone(cls, clients: list[Client], info: ValidationInfo) -> list[Client]:
        if not clients and not info.data.get("split_by"):
            raise PydanticCustomError(
                "nobody", "give at least one client, or a split_by column with one client per value"
            )
        return clients


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
        found = "" if first["type"] in ("missing", "nobody") else f", found {first['input']!r}"
        raise SettingsError(f'The config "{Path(path).name}" is wrong at {place}: {first["msg"]}{found}.') from None


def json_schema() -> str:
    """The config's JSON schema, for editors that check YAML while it is written."""
    return json.dumps(Config.model_json_schema(), indent=1)
