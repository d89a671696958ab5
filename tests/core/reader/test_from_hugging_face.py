"""Names, pages and repositories of Hugging Face, against a hub of our own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import file_server as serve
import pytest
from file_server import COMMIT, FileServer
from memplan import read_model
from memplan.model import NoticeKind
from memplan.model.parts import automatic_projector
from memplan.reader import RemoteSettings, location
from memplan.reader.errors import (
    ChoiceNeededError,
    GgufError,
    MissingError,
    RemoteError,
    UnreachableError,
)
from memplan.reader.location import (
    HubFile,
    HubRepository,
    LocalFile,
    Location,
    WebFile,
    parse_location,
)

HUB = "https://huggingface.co"
MODEL = "/owner/repo-GGUF/resolve/{}/model-Q4_K_M.gguf"
LISTING = "/api/models/owner/repo-GGUF"


@pytest.fixture
def hub(server: FileServer, store: FileServer, content: bytes) -> FileServer:
    """A hub with one model, whose bytes are in a store at another host."""
    for revision in ("main", COMMIT):
        server.files[MODEL.format(revision)] = content
    server.mode = serve.as_hub(store.address)
    store.files["/signed"] = b""
    store.mode = serve.signed(server)
    return server


def listing(*names: str, size: int | None = 1000) -> dict[str, object]:
    return {"sha": COMMIT, "siblings": [{"rfilename": name, "size": size} for name in names]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hf://o/r/f.gguf", HubFile("o/r", "main", "f.gguf", "")),
        ("hf://o/r@v1/sub/f.gguf", HubFile("o/r", "v1", "sub/f.gguf", "")),
        ("hf://o/r@refs%2Fpr%2F1/f.gguf", HubFile("o/r", "refs/pr/1", "f.gguf", "")),
        ("hf://o/r", HubRepository("o/r", "main", "", "", "")),
        ("hf://o/r:Q4_K_M", HubRepository("o/r", "main", "", "Q4_K_M", "")),
        ("hf://o/r/sub", HubRepository("o/r", "main", "sub", "", "")),
        ("o/r", HubRepository("o/r", "main", "", "", "")),
        ("o/r@dev:Q8_0", HubRepository("o/r", "dev", "", "Q8_0", "")),
        ("hf.co/o/r:Q8_0", HubRepository("o/r", "main", "", "Q8_0", "")),
        ("huggingface.co/o/r", HubRepository("o/r", "main", "", "", "")),
        (f"{HUB}/o/r", HubRepository("o/r", "main", "", "", "")),
        (f"{HUB}/o/r/", HubRepository("o/r", "main", "", "", "")),
        (f"{HUB}/o/r/tree/main", HubRepository("o/r", "main", "", "", "")),
        (f"{HUB}/o/r/tree/dev/sub", HubRepository("o/r", "dev", "sub", "", "")),
        (f"{HUB}/o/r/blob/main/f.gguf", HubFile("o/r", "main", "f.gguf", "")),
        (f"{HUB}/o/r/resolve/main/a%20b.gguf", HubFile("o/r", "main", "a b.gguf", "")),
        (f"{HUB}/o/r/resolve/dev/s/f.gguf?download=true", HubFile("o/r", "dev", "s/f.gguf", "")),
        (f"{HUB}/o/r/blob/refs%2Fpr%2F1/f.gguf", HubFile("o/r", "refs/pr/1", "f.gguf", "")),
        (f"{HUB}/o/r?show_file_info=s%2Ff.gguf", HubFile("o/r", "main", "s/f.gguf", "")),
        ("https://hf.co/o/r/blob/main/f.gguf", HubFile("o/r", "main", "f.gguf", "")),
        (" hf://o/r \n", HubRepository("o/r", "main", "", "", "")),
        ("https://example.org/f.gguf", WebFile("https://example.org/f.gguf")),
        (f"{HUB}/datasets/o/r/resolve/main/f.gguf", WebFile("")),
        ("o/r/f.gguf", LocalFile(Path("o/r/f.gguf"), "")),
        ("o/f.gguf", LocalFile(Path("o/f.gguf"), "")),
        ("f.gguf", LocalFile(Path("f.gguf"), "")),
        ("./o/r", LocalFile(Path("o/r"), "")),
        ("/o/r", LocalFile(Path("/o/r"), "")),
        ("../r", LocalFile(Path("../r"), "")),
        ("~/r", LocalFile(Path("~/r"), "")),
        ("model", LocalFile(Path("model"), "")),
        ("C:\\models\\m.gguf", LocalFile(Path("C:\\models\\m.gguf"), "")),
        ("file:///tmp/a%20b.gguf", LocalFile(Path("/tmp/a b.gguf"), "")),
    ],
)
def test_that_a_text_means(text: str, expected: Location) -> None:
    found = parse_location(text, HUB)
    assert found.name == text.strip()
    assert without_name(found) == without_name(expected, found)


def without_name(found: Location, like: Location | None = None) -> Location:
    if isinstance(found, WebFile):
        return found if found.url or like is None else like
    return replace(found, name="")


@pytest.mark.parametrize("text", ["ftp://o/r.gguf", "s3://bucket/f.gguf", "hf://", "hf://only"])
def test_that_an_address_of_no_known_kind_is_told(text: str) -> None:
    with pytest.raises(GgufError) as caught:
        parse_location(text, HUB)
    assert caught.value.source == text


def test_that_a_file_that_is_there_wins_over_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "owner").mkdir()
    (tmp_path / "owner" / "repo").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert isinstance(parse_location("owner/repo", HUB), LocalFile)
    assert isinstance(parse_location("owner/other", HUB), HubRepository)


def test_that_links_of_the_hub_lead_to_the_endpoint(settings: RemoteSettings) -> None:
    for link in (f"{settings.endpoint}/o/r/blob/main/f.gguf", f"{HUB}/o/r/blob/main/f.gguf"):
        found = parse_location(link, settings.endpoint)
        assert isinstance(found, location.HubFile)


@pytest.mark.parametrize(
    "name",
    [
        "hf://owner/repo-GGUF/model-Q4_K_M.gguf",
        "https://huggingface.co/owner/repo-GGUF/blob/main/model-Q4_K_M.gguf",
        "https://huggingface.co/owner/repo-GGUF/resolve/main/model-Q4_K_M.gguf?download=true",
    ],
)
def test_that_a_file_is_read_through_the_redirect(
    hub: FileServer, store: FileServer, settings: RemoteSettings, content: bytes, name: str
) -> None:
    model = read_model(name, settings=settings)
    assert model.file_bytes == len(content)
    assert model.source == name
    assert model.name == "model-Q4_K_M"
    assert model.notices == ()
    assert [len(hub.seen), len(store.seen)] == [1, 1]


def test_that_the_token_goes_to_the_hub_and_to_nobody_else(
    hub: FileServer, store: FileServer, settings: RemoteSettings
) -> None:
    read_model("hf://owner/repo-GGUF/model-Q4_K_M.gguf", settings=settings)
    assert hub.seen[0].headers["Authorization"] == "Bearer hf_secret"
    assert "Authorization" not in store.seen[0].headers
    assert "hf_secret" not in str(store.seen)


def test_that_the_environment_is_asked(
    hub: FileServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.address + "/")
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    read_model("hf://owner/repo-GGUF/model-Q4_K_M.gguf")
    assert hub.seen[0].headers["Authorization"] == "Bearer hf_other"
    assert (tmp_path / "cache" / "memplan" / "headers").is_dir()
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    seen = len(hub.seen)
    read_model("hf://owner/repo-GGUF/model-Q4_K_M.gguf")
    assert len(hub.seen) == seen


@pytest.mark.parametrize("token", ["hf_ä", "two words", "line\nbreak", "\x7f"])
def test_that_a_token_that_can_be_none_is_neither_sent_nor_shown(
    hub: FileServer, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("HF_TOKEN", token)
    read_model("hf://owner/repo-GGUF/model-Q4_K_M.gguf")
    assert "Authorization" not in hub.seen[0].headers


def test_that_the_only_model_of_a_repository_is_read(
    hub: FileServer, settings: RemoteSettings
) -> None:
    hub.listings[LISTING] = listing("README.md", "model-Q4_K_M.gguf", "mmproj-F16.gguf")
    model = read_model("owner/repo-GGUF", settings=settings)
    assert model.source == "owner/repo-GGUF"
    assert [seen.path for seen in hub.seen] == [f"{LISTING}?blobs=true", MODEL.format(COMMIT)]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ((), None),
        (("mmproj-F16.gguf",), "mmproj-F16.gguf"),
        (("mmproj-BF16.gguf", "mmproj-model-Q8_0.gguf"), "mmproj-model-Q8_0.gguf"),
        (("other/mmproj-F16.gguf",), None),
        (("mmproj.txt", "mmproj-F32.gguf"), "mmproj-F32.gguf"),
    ],
)
def test_that_the_projector_of_a_repository_is_the_one_that_llama_cpp_loads(
    hub: FileServer, settings: RemoteSettings, names: tuple[str, ...], expected: str | None
) -> None:
    hub.listings[LISTING] = listing("model-Q4_K_M.gguf", *names)
    for source in ("owner/repo-GGUF", "hf://owner/repo-GGUF/model-Q4_K_M.gguf"):
        found = automatic_projector(source, settings=settings)
        assert found == (expected and f"hf://owner/repo-GGUF@{COMMIT}/{expected}")


def test_that_a_nearer_folder_has_the_projector(hub: FileServer, settings: RemoteSettings) -> None:
    hub.listings[LISTING] = listing("mmproj-Q4_0.gguf", "a/mmproj-F16.gguf", "a/b/model-Q4_0.gguf")
    found = automatic_projector("owner/repo-GGUF", settings=settings)
    assert found == f"hf://owner/repo-GGUF@{COMMIT}/a/mmproj-F16.gguf"


@pytest.mark.parametrize("source", ["model.gguf", "https://example.org/model.gguf"])
def test_that_other_models_have_no_projector_of_their_own(
    source: str, settings: RemoteSettings
) -> None:
    assert automatic_projector(source, settings=settings) is None


def test_that_several_models_are_offered_to_choose_from(
    hub: FileServer, settings: RemoteSettings
) -> None:
    shards = [f"Q8_0/model-Q8_0-0000{number}-of-00002.gguf" for number in (1, 2)]
    hub.listings[LISTING] = listing("model-Q4_K_M.gguf", "model-Q5_K_M.gguf", *shards)
    with pytest.raises(ChoiceNeededError, match=r"model-Q5_K_M\.gguf") as caught:
        read_model("owner/repo-GGUF", settings=settings)
    assert [(choice.name, choice.bytes) for choice in caught.value.choices] == [
        (shards[0], 2000),
        ("model-Q4_K_M.gguf", 1000),
        ("model-Q5_K_M.gguf", 1000),
    ]
    chosen = read_model(caught.value.choices[1].location, settings=settings)
    assert chosen.architecture == "llama"


@pytest.mark.parametrize("quantisation", ["Q4_K_M", "q4_k_m"])
def test_that_a_quantisation_is_found(
    hub: FileServer, settings: RemoteSettings, quantisation: str
) -> None:
    hub.listings[LISTING] = listing(
        "model-Q4_K_M.gguf", "model-UD-Q4_K_M.gguf", "model-Q4_K_S.gguf", "model-Q4_0.gguf"
    )
    read_model(f"owner/repo-GGUF:{quantisation}", settings=settings)
    assert hub.seen[-1].path == MODEL.format(COMMIT)


@pytest.mark.parametrize("quantisation", ["Q4_K", "Q4", "Q8_0", "K_M"])
def test_that_a_quantisation_that_is_not_there_is_told_with_those_that_are(
    hub: FileServer, settings: RemoteSettings, quantisation: str
) -> None:
    hub.listings[LISTING] = listing("model-Q4_K_M.gguf", "model-Q5_K_M.gguf")
    with pytest.raises(ChoiceNeededError, match=f"with {quantisation} in its name") as caught:
        read_model(f"owner/repo-GGUF:{quantisation}", settings=settings)
    assert len(caught.value.choices) == 2


def test_that_a_repository_without_models_is_told(
    hub: FileServer, settings: RemoteSettings
) -> None:
    hub.listings[LISTING] = listing("README.md", "model.safetensors")
    with pytest.raises(ChoiceNeededError, match="no GGUF files"):
        read_model("owner/repo-GGUF", settings=settings)


def test_that_a_listing_longer_than_any_is_refused_before_it_is_read_whole(
    hub: FileServer, settings: RemoteSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memplan.reader.hub.MOST_LISTING_BYTES", 1000)
    hub.listings[LISTING] = listing(*(f"model-{number}.gguf" for number in range(5000)))
    with pytest.raises(RemoteError, match="a list of at most 1,000 bytes"):
        read_model("owner/repo-GGUF", settings=settings)


def test_that_a_repository_that_is_not_there_is_told(
    hub: FileServer, settings: RemoteSettings
) -> None:
    with pytest.raises(MissingError):
        read_model("owner/nothing", settings=settings)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"siblings": 1},
        {"siblings": [{}]},
        {"sha": 1, "siblings": []},
        "text",
        {"siblings": [{"rfilename": "\ud800.gguf"}]},
        {"sha": "\udfff", "siblings": []},
    ],
)
def test_that_a_listing_that_is_none_is_told(
    hub: FileServer, settings: RemoteSettings, answer: object
) -> None:
    hub.listings[LISTING] = answer
    with pytest.raises(RemoteError, match="list of the repository's files"):
        read_model("owner/repo-GGUF", settings=settings)


def test_that_a_name_that_is_no_unicode_is_on_no_server(
    hub: FileServer, settings: RemoteSettings
) -> None:
    with pytest.raises(MissingError):
        read_model("owner/repo/\udcff.gguf", settings=settings)


@pytest.mark.parametrize("opened", [1, 2, 3])
def test_that_all_shards_come_from_the_commit_of_the_first(
    hub: FileServer, settings: RemoteSettings, shards: dict[str, bytes], opened: int
) -> None:
    for name, content in shards.items():
        for revision in ("main", COMMIT):
            hub.files[f"/owner/repo-GGUF/resolve/{revision}/sub/{name}"] = content
    model = read_model(
        f"hf://owner/repo-GGUF/sub/model-0000{opened}-of-00003.gguf", settings=settings
    )
    assert [tensor.name for tensor in model.tensors] == ["a", "b", "c"]
    revisions = [seen.path.split("/")[4] for seen in hub.seen]
    assert revisions == ["main", COMMIT, COMMIT]


# The cache.

NAME = "hf://owner/repo-GGUF/model-Q4_K_M.gguf"


def test_that_a_header_is_fetched_once(
    hub: FileServer, store: FileServer, settings: RemoteSettings
) -> None:
    first = read_model(NAME, settings=settings)
    again = read_model(NAME, settings=settings)
    assert again.tensors == first.tensors
    assert again.file_bytes == first.file_bytes
    assert again.notices == ()
    # The hub is asked whether it has changed; the store is not asked again.
    assert [len(hub.seen), len(store.seen)] == [2, 1]


def test_that_a_pinned_header_needs_no_question(hub: FileServer, settings: RemoteSettings) -> None:
    pinned = f"hf://owner/repo-GGUF@{COMMIT}/model-Q4_K_M.gguf"
    read_model(pinned, settings=settings)
    read_model(pinned, settings=settings)
    assert len(hub.seen) == 1


def test_that_a_header_that_has_changed_is_fetched_anew(
    hub: FileServer, store: FileServer, settings: RemoteSettings, content: bytes
) -> None:
    read_model(NAME, settings=settings)
    hub.files[MODEL.format("main")] = content + bytes(7)
    hub.mode = serve.as_hub(store.address, commit="f" * 40, etag='"another"')
    assert read_model(NAME, settings=settings).file_bytes == len(content) + 7


def test_that_a_new_commit_with_the_same_file_is_no_change(
    hub: FileServer, store: FileServer, settings: RemoteSettings
) -> None:
    read_model(NAME, settings=settings)
    hub.mode = serve.as_hub(store.address, commit="f" * 40)
    read_model(NAME, settings=settings)
    assert len(store.seen) == 1


def test_that_a_plain_servers_header_is_kept_by_its_etag(
    server: FileServer, settings: RemoteSettings, content: bytes
) -> None:
    server.files["/x/model.gguf"] = content
    received: list[int] = []
    url = f"{server.address}/x/model.gguf"
    read_model(url, settings=settings)
    read_model(url, settings=settings, progress=received.append)
    assert received == []
    server.files["/x/model.gguf"] = content + b"changed"
    assert read_model(url, settings=settings).file_bytes == len(content) + 7


def test_that_a_header_without_validator_is_not_kept(
    server: FileServer, settings: RemoteSettings, content: bytes
) -> None:
    server.files["/x/model.gguf"] = content
    server.mode = serve.without_validator
    read_model(f"{server.address}/x/model.gguf", settings=settings)
    assert not list(settings.cache_folder.rglob("*"))


@pytest.mark.parametrize("name", [NAME, "owner/repo-GGUF", "owner/repo-GGUF:Q4_K_M"])
def test_that_what_is_kept_is_planned_offline_with_a_notice(
    hub: FileServer, settings: RemoteSettings, name: str
) -> None:
    hub.listings[LISTING] = listing("model-Q4_K_M.gguf")
    read_model(name, settings=settings)
    seen = len(hub.seen)
    model = read_model(name, settings=replace(settings, offline=True))
    assert [notice.kind for notice in model.notices] == [NoticeKind.NOT_CHECKED_ONLINE]
    assert len(hub.seen) == seen


@pytest.mark.parametrize("name", [NAME, "owner/repo-GGUF"])
def test_that_offline_nothing_is_asked_for(
    hub: FileServer, settings: RemoteSettings, name: str
) -> None:
    with pytest.raises(UnreachableError, match="HF_HUB_OFFLINE"):
        read_model(name, settings=replace(settings, offline=True))
    assert hub.seen == []


@pytest.mark.parametrize("name", [NAME, "owner/repo-GGUF"])
def test_that_what_is_kept_is_planned_without_a_network(
    hub: FileServer, settings: RemoteSettings, name: str
) -> None:
    hub.listings[LISTING] = listing("model-Q4_K_M.gguf")
    read_model(name, settings=settings)
    hub.mode = serve.hanging_up
    hub.listings.clear()
    hub.files[LISTING] = b""
    model = read_model(name, settings=settings)
    assert [notice.kind for notice in model.notices] == [NoticeKind.NOT_CHECKED_ONLINE]


@pytest.mark.parametrize("damage", ["cut", "flip", "line", "empty"])
def test_that_a_damaged_copy_is_fetched_anew(
    hub: FileServer, store: FileServer, settings: RemoteSettings, damage: str
) -> None:
    whole = read_model(NAME, settings=settings)
    (path,) = settings.cache_folder.iterdir()
    kept = path.read_bytes()
    flipped = kept.replace(b"token", b"tokem", 1)
    damaged = {"cut": kept[:-1000], "flip": flipped, "line": b"{}" + kept, "empty": b""}[damage]
    path.write_bytes(damaged)
    assert read_model(NAME, settings=settings).tensors == whole.tensors
    assert len(store.seen) == 2
    assert path.read_bytes() == kept


def test_that_the_cache_stays_within_its_size(
    server: FileServer, settings: RemoteSettings, content: bytes
) -> None:
    small = replace(settings, cache_bytes=4_000_000)
    for number in range(6):
        server.files[f"/x/{number}.gguf"] = content
        read_model(f"{server.address}/x/{number}.gguf", settings=small)
    kept = list(settings.cache_folder.iterdir())
    assert 2 <= len(kept) <= 3
    assert sum(path.stat().st_size for path in kept) <= 4_000_000
    received: list[int] = []
    read_model(f"{server.address}/x/5.gguf", settings=small, progress=received.append)
    assert received == []


def test_that_a_cache_that_cannot_be_written_is_done_without(
    hub: FileServer, settings: RemoteSettings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    model = read_model(NAME, settings=replace(settings, cache_folder=tmp_path / "file" / "sub"))
    assert model.notices == ()
