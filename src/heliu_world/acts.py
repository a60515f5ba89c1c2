"""What people do: each act is one call, by an operation at a desk, by a form on a page, or through
the API by a program.

An act may be torn in the middle and tried again, sent twice, or sent again with other content. What
comes of it is the same by every way: a code of refusal or none, and what was said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from heliu.kernel.errors import Refused
from heliu_world import wire
from heliu_world.faults import Torn
from heliu_world.judge import Broken
from heliu_world.market import Seat
from heliu_world.world import World

OVER_THE_API = 45  # of a hundred acts that the API knows
ON_A_PAGE = 25  # of a hundred acts for which there is a form
SKEW = 90  # seconds at most that a clock goes slow
NOT_DONE = ("broken", "busy")  # what is answered when the database was lost on the way
REFUSED = "refused"  # a page says it in words


@dataclass(frozen=True)
class Act:
    """Something somebody wants to do. `desk` does it at a desk; `path` and `body` ask the API,
    `page` and `form` a page.

    `refusals` are the codes that the rules may answer with here; any other is a mistake.
    `changed` is the body with other content, for a client that mixes up its keys.
    """

    name: str
    who: Seat
    desk: Callable[..., Any] | None = None
    path: str = ""
    body: dict[str, Any] | None = None
    changed: dict[str, Any] | None = None
    page: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    refusals: frozenset[str] = frozenset()
    about: str = ""


@dataclass(frozen=True)
class Done:
    """What came of an act; `code` is empty when it was done."""

    code: str = ""
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def is_done(self) -> bool:
        """Whether it was done."""
        return not self.code


class Hands:
    """Does the acts of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = world.random("hands")
        self._key = 0
        self._browsers: dict[UUID, wire.Browser] = {}

    def fresh_key(self) -> str:
        """A client's key for one deed."""
        self._key += 1
        return f"world-{self._world.seed}-{self._key:06}"

    def do(self, act: Act, key: str = "") -> Done:
        """Let somebody do something, through whatever goes wrong on the way.

        Raises `Broken` when it was refused for no good reason, or broke.
        """
        world, key, way = self._world, key or self.fresh_key(), self._way(act)
        if world.faults.happens("clock-skewed"):
            world.skew = -timedelta(seconds=self._random.randint(1, SKEW))
        try:
            done = self._once(act, key, way, may_tear=True)
            if done is None:
                world.judge.look(world.now)
                done = self._once(act, key, way, may_tear=False)
            assert done is not None
            if not _is_expected(done, act):
                said = f"{act.name} ({way}): {done.code} ({act.about}) {done.said.get('words', '')}"
                raise Broken("what is allowed is done", said)
            if done.is_done:
                self._send_again(act, key, way, done)
        finally:
            world.skew = timedelta()
        world.acts[act.name] += 1
        world.ways[way] += 1
        if done.code:
            world.refusals[f"{act.name}: {done.code}"] += 1
        world.tell(f"{act.name} {act.about} ({way})", done.code or "done")
        return done

    def read(self, who: Seat, address: str) -> None:
        """Let somebody look at a page. Raises `Broken` when it is not there."""
        with self._world.ground.being("web"):
            page = self._browser(who).read(address)
        if page.trouble:
            raise page.trouble
        if page.status != 200:
            raise Broken("a page is there for whoever may see it", f"{address}: {page.status}")
        self._world.acts["read a page"] += 1
        self._world.tell(f"read {address}", "done")

    def _way(self, act: Act) -> str:
        """By which door an act is done."""
        draw = self._random.randrange(100)
        if act.page and draw >= 100 - ON_A_PAGE:
            return "page"
        return "api" if act.desk is None or (act.path and draw < OVER_THE_API) else "desk"

    def _once(self, act: Act, key: str, way: str, *, may_tear: bool) -> Done | None:
        """One try; None when it was torn and nothing was done."""
        faults = self._world.faults
        before = faults.fired["act-aborted"], faults.fired["act-undone"]
        with self._world.ground.being("web"):
            if way == "page":
                self._browser(act.who)  # signed in before anything goes wrong
            if not may_tear:
                return self._by(way, act, key, undone=False)
            undone = faults.draw("act-undone") and way == "desk"
            try:
                with faults.tearing("act-aborted", lambda: Torn("the connection was lost")):
                    done = self._by(way, act, key, undone=undone)
            except Torn:
                done = None
        is_torn = before != (faults.fired["act-aborted"], faults.fired["act-undone"])
        return None if is_torn and (done is None or done.code in NOT_DONE) else done

    def _by(self, way: str, act: Act, key: str, *, undone: bool) -> Done:
        match way:
            case "api":
                return self._by_api(act, key)
            case "page":
                return self._on_a_page(act, key)
        return self._at_desk(act, undone=undone)

    def _at_desk(self, act: Act, *, undone: bool) -> Done:
        assert act.desk is not None
        world = self._world
        try:
            with world.ground.desk(act.who.actor) as actor:
                said = act.desk(actor)
                if undone:
                    world.faults.note("act-undone")
                    raise Torn("the connection was lost before the commit")
        except Refused as refusal:
            return Done(refusal.code)
        return Done(said=said if isinstance(said, dict) else {})

    def _by_api(self, act: Act, key: str) -> Done:
        answer = self._post(act, key, act.body)
        if answer.trouble and not isinstance(answer.trouble, Torn):
            raise answer.trouble
        if answer.status >= 400:
            return Done(answer.code)
        return Done(said=answer.body)

    def _post(self, act: Act, key: str, body: dict[str, Any] | None) -> wire.Answer:
        lane = self._world.ground.lane
        return wire.post(act.path, body or {}, token=act.who.token, key=key, lane=lane)

    def _on_a_page(self, act: Act, key: str) -> Done:
        page = self._browser(act.who).send(act.page, act.form, key=key)
        if page.trouble and not isinstance(page.trouble, Torn):
            raise page.trouble
        if page.status == 303:
            return Done(said={"leads_to": page.leads_to})
        code = NOT_DONE[0] if page.status >= 500 else REFUSED
        return Done(code, {"words": f"{page.status} {_plain(page.words)}"})

    def _browser(self, who: Seat) -> wire.Browser:
        person = who.actor.user_id
        assert person is not None
        if person not in self._browsers:
            self._browsers[person] = wire.sign_in(person)
        return self._browsers[person]

    def _send_again(self, act: Act, key: str, way: str, done: Done) -> None:
        """Somebody who did not hear the answer, and a client that mixes up its keys."""
        world = self._world
        if way == "desk":
            return
        if world.faults.happens("client-repeats"):
            with world.ground.being("web"):
                is_same = self._is_answered_again(act, key, way, done)
            if not is_same:
                raise Broken("a repeated request gets the first answer", f"{act.name} {key}")
        if way == "api" and act.changed and world.faults.happens("client-changes"):
            with world.ground.being("web"):
                other = self._post(act, key, act.changed)
            if other.code != "key-reused":
                raise Broken("a key with other content is refused", f"{act.name}: {other.code}")

    def _is_answered_again(self, act: Act, key: str, way: str, done: Done) -> bool:
        if way == "page":
            return self._on_a_page(act, key) == done
        again = self._post(act, key, act.body)
        return again.is_replayed and bool(again.body == done.said)


def _is_expected(done: Done, act: Act) -> bool:
    if done.code == REFUSED:
        return bool(act.refusals)
    return done.is_done or done.code in act.refusals


def _plain(words: str) -> str:
    """What a page says, without its tags, as far as it fits a line."""
    content = words.partition("<main")[2] or words
    return " ".join(re.sub(r"<[^>]*>", " ", content).split())[:300]
