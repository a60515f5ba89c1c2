"""What people do: each act is one call, by an operation at a desk or through the API by a program.

An act may be torn in the middle and tried again, sent twice, or sent again with other content. What
comes of it is the same by both ways: a code of refusal or none, and what was said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from heliu.kernel.errors import Refused
from heliu_world import wire
from heliu_world.faults import Torn
from heliu_world.judge import Broken
from heliu_world.market import Seat
from heliu_world.world import World

OVER_THE_API = 45  # of a hundred acts that the API knows
SKEW = 90  # seconds at most that a clock goes slow
NOT_DONE = ("broken", "busy")  # what the API answers when the database was lost on the way


@dataclass(frozen=True)
class Act:
    """Something somebody wants to do. `desk` does it at a desk; `path` and `body` ask the API.

    `refusals` are the codes that the rules may answer with here; any other is a mistake.
    `changed` is the body with other content, for a client that mixes up its keys.
    """

    name: str
    who: Seat
    desk: Callable[..., Any] | None = None
    path: str = ""
    body: dict[str, Any] | None = None
    changed: dict[str, Any] | None = None
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

    def fresh_key(self) -> str:
        """A client's key for one deed."""
        self._key += 1
        return f"world-{self._world.seed}-{self._key:06}"

    def do(self, act: Act, key: str = "") -> Done:
        """Let somebody do something, through whatever goes wrong on the way.

        Raises `Broken` when it was refused for no good reason, or broke.
        """
        world, key = self._world, key or self.fresh_key()
        by_api = bool(act.path) and self._random.randrange(100) < OVER_THE_API
        if act.desk is None:
            by_api = True
        if world.faults.happens("clock-skewed"):
            world.skew = -timedelta(seconds=self._random.randint(1, SKEW))
        try:
            done = self._once(act, key, by_api=by_api, may_tear=True)
            if done is None:
                world.judge.look(world.now)
                done = self._once(act, key, by_api=by_api, may_tear=False)
            assert done is not None
            if done.code and done.code not in act.refusals:
                raise Broken("what is allowed is done", f"{act.name}: {done.code} ({act.about})")
            if by_api and done.is_done:
                self._send_again(act, key, done)
        finally:
            world.skew = timedelta()
        world.acts[act.name] += 1
        if done.code:
            world.refusals[f"{act.name}: {done.code}"] += 1
        way = "api" if by_api else "desk"
        world.tell(f"{act.name} {act.about} ({way})", done.code or "done")
        return done

    def _once(self, act: Act, key: str, *, by_api: bool, may_tear: bool) -> Done | None:
        """One try; None when it was torn and nothing was done."""
        faults = self._world.faults
        before = faults.fired["act-aborted"], faults.fired["act-undone"]
        with self._world.ground.being("web"):
            if not may_tear:
                return self._by_api(act, key) if by_api else self._at_desk(act, undone=False)
            undone = faults.draw("act-undone") and not by_api
            try:
                with faults.tearing("act-aborted", lambda: Torn("the connection was lost")):
                    done = self._by_api(act, key) if by_api else self._at_desk(act, undone=undone)
            except Torn:
                done = None
        is_torn = before != (faults.fired["act-aborted"], faults.fired["act-undone"])
        return None if is_torn and (done is None or done.code in NOT_DONE) else done

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
        answer = wire.post(act.path, act.body or {}, token=act.who.token, key=key)
        if answer.trouble and not isinstance(answer.trouble, Torn):
            raise answer.trouble
        if answer.status >= 400:
            return Done(answer.code)
        return Done(said=answer.body)

    def _send_again(self, act: Act, key: str, done: Done) -> None:
        """A client that did not hear the answer, and one that mixes up its keys."""
        world = self._world
        if world.faults.happens("client-repeats"):
            with world.ground.being("web"):
                again = wire.post(act.path, act.body or {}, token=act.who.token, key=key)
            if not again.is_replayed or again.body != done.said:
                raise Broken("a repeated request gets the first answer", f"{act.name} {key}")
        if act.changed and world.faults.happens("client-changes"):
            with world.ground.being("web"):
                other = wire.post(act.path, act.changed, token=act.who.token, key=key)
            if other.code != "key-reused":
                raise Broken("a key with other content is refused", f"{act.name}: {other.code}")
