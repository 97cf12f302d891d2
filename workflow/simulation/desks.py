"""The people of each role in a simulation: who is at work, what waits for them, and for how long it waited."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial


@dataclass(slots=True)
class Piece:
    """A piece of work: how many hours it takes, whether it is still wanted, and what follows when it is done."""

    hours: float
    asked_at: float
    is_wanted: Callable[[], bool]
    done: Callable[[float], None]


@dataclass(slots=True)
class Desk:
    """One role: pieces are taken in the order they came, by as many people as there are (None for any number)."""

    role: str
    people: int | None
    at: Callable[[float, Callable[[float], None]], None]
    """Has something done at an hour."""
    waiting: deque[Piece] = field(default_factory=deque)
    busy: int = 0
    taken: int = 0
    waited: float = 0.0
    worked: float = 0.0
    longest: int = 0
    area: float = 0.0
    counted_to: float = 0.0

    def ask(self, piece: Piece) -> None:
        """Puts a piece of work on the desk."""
        self._count(piece.asked_at)
        self.waiting.append(piece)
        self._next(piece.asked_at)
        self.longest = max(self.longest, len(self.waiting))

    def mean_queue(self, hours: float) -> float:
        """How many pieces waited on average over so many hours."""
        return self.area / hours if hours else 0.0

    def share_busy(self, hours: float) -> float | None:
        """The part of the people's time that was worked; None where there are any number of them."""
        return self.worked / (hours * self.people) if self.people and hours else None

    def _count(self, hour: float) -> None:
        self.area += len(self.waiting) * (hour - self.counted_to)
        self.counted_to = hour

    def _next(self, hour: float) -> None:
        while self.waiting and (self.people is None or self.busy < self.people):
            self._count(hour)
            piece = self.waiting.popleft()
            if not piece.is_wanted():
                continue
            self.busy += 1
            self.taken += 1
            self.waited += hour - piece.asked_at
            self.worked += piece.hours
            self.at(hour + piece.hours, partial(self._finish, piece))

    def _finish(self, piece: Piece, hour: float) -> None:
        self.busy -= 1
        if piece.is_wanted():
            piece.done(hour)
        self._next(hour)
