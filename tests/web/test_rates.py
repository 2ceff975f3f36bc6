"""Several servers count one client's requests together in Redis, and each alone without it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bot.channels import rates
from bot.channels.rates import Rates, allowance
from tests.assistant import Assistant, text_of, wait_until
from tests.redis_server import RedisServer, redis_server

pytestmark = pytest.mark.slow

TEN = allowance("tests", "10/hour")
CRISIS = "i want to kill myself"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with redis_server(tmp_path) as running:
        yield running


@pytest.fixture
def two(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> tuple[Rates, Rates]:
    """What two servers count with; they ask soon again for a Redis that was away."""
    monkeypatch.setattr(rates, "_REST_AFTER_FAILURE", 0.5)
    return Rates(redis.url), Rates(redis.url)


async def _taken(counting: Rates, client: str, *, times: int = 1) -> int:
    """How many of so many requests, all at once, are within the allowance."""

    requests = (counting.count(TEN, client) for _ in range(times))
    return list(await asyncio.gather(*requests)).count(0)


async def test_two_servers_count_together(two: tuple[Rates, Rates]) -> None:
    """An allowance of ten is ten for both together, and each client has its own."""
    first, second = two
    found = await asyncio.gather(_taken(first, "ann", times=8), _taken(second, "ann", times=8))
    assert sum(found) == 10
    assert await _taken(first, "ann") == await _taken(second, "ann") == 0
    assert await _taken(second, "ben", times=12) == 10


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_without_redis_each_counts_alone(
    two: tuple[Rates, Rates], redis: RedisServer, caplog: pytest.LogCaptureFixture, how: int
) -> None:
    """Killed or frozen: each server gives the whole allowance and no more, and says so once."""
    assert await _taken(two[0], "ann", times=12) == 10
    redis.send(how)
    with caplog.at_level(logging.WARNING):
        for each in two:
            assert await _taken(each, "ann", times=4) == 4
            await asyncio.sleep(0.6)
            assert await _taken(each, "ann", times=20) == 6
    said = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(said) == len(two)
    assert all("counted here alone" in line for line in said)


async def test_redis_comes_back(
    two: tuple[Rates, Rates], redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """After the rest, servers count together again; nobody pays for what was counted alone."""
    redis.kill()
    assert [await _taken(each, "ann", times=12) for each in two] == [10, 10]
    redis.start()
    await asyncio.sleep(0.6)
    assert sum([await _taken(each, "ann", times=2) for each in two]) >= 2
    assert caplog.messages[2:] == ["rate limits are counted together again"] * 2
    left = await _taken(two[0], "ann", times=10) + await _taken(two[1], "ann", times=10)
    assert left < 10


async def test_no_redis_from_the_start(redis: RedisServer) -> None:
    """A server that starts while Redis is away counts for itself."""
    redis.kill()
    assert await _taken(Rates(redis.url), "ann", times=12) == 10


def _sessions(server: Assistant, times: int) -> list[httpx.Response]:
    return [server.http.post("/web/sessions") for _ in range(times)]


def _refused(answers: list[httpx.Response]) -> int:
    assert {answer.status_code for answer in answers} <= {201, 429}
    return sum(answer.status_code == 429 for answer in answers)


def test_two_running_servers(home: Path, tmp_path: Path, redis: RedisServer) -> None:
    """Two processes: together, then alone while Redis is away, then together; help all the time."""
    (tmp_path / "logs").mkdir()
    for model in (home / "models").glob("kap-*.tar.gz"):
        model.unlink()  # an allowance needs none
    with closing(ServerPair(home, tmp_path / "logs", redis.url)) as pair:
        first, second = pair.start()
        assert _refused(_sessions(first, 6) + _sessions(second, 4)) == 0
        beyond = _sessions(first, 2) + _sessions(second, 2)
        assert _refused(beyond) == 4
        assert all("988" in answer.json()["help"] for answer in beyond)
        assert all(int(answer.headers["retry-after"]) >= 1 for answer in beyond)
        redis.kill()
        for each in (first, second):
            assert _refused(_sessions(each, 10)) == 0
            assert _refused(_sessions(each, 2)) == 2
            answer = each.http.post("/web/messages", json={"text": CRISIS})
            assert "988" in text_of(answer.json()["replies"])
            assert each.logs().count("counted here alone") == 1
        redis.start()
        for each in (first, second):
            wait_until(lambda each=each: _refused(_sessions(each, 1)) == 0, limit=20)
            assert each.logs().count("counted together again") == 1
            assert redis.url not in each.logs()


class ServerPair:
    """Two chat servers over one database."""

    def __init__(self, home: Path, logs: Path, redis_url: str) -> None:
        self._servers = []
        for name in ("first", "second"):
            (logs / name).mkdir()
            made = Assistant(home, logs / name)
            made.extra = {"KAP_REDIS_URL": redis_url, "KAP_CLIENT_LIMIT": "10/hour"}
            self._servers.append(made)

    def start(self) -> list[Assistant]:
        for each in self._servers:
            each.launch(actions=False)
        return [each.wait(actions=False, model=False) for each in self._servers]

    def close(self) -> None:
        for each in self._servers:
            each.stop()
