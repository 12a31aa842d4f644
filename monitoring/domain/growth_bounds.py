"""Where a smooth function that is below 0 at the middle of an interval has risen to 0: a bound of the interval.

False position with the Illinois correction; the functions of this use rise nearly straight.
Source: Dowell & Jarratt, BIT 1971;11:168; docs/methods/kinetics.md.
"""

from collections.abc import Callable

from monitoring.domain.censored_normal import NoMaximum

MAX_DOUBLINGS = 60
MAX_TRIALS = 60
BOUND_WITHIN = 1e-8  # standard deviations

Place = tuple[float, float]  # where, and the value there


def crossing(
    missing: Callable[[float], float], middle: float, at_middle: float, step: float, within: float = BOUND_WITHIN
) -> float:
    """Return where `missing` reaches 0 on the side of `step` from `middle`; raises NoMaximum for nowhere."""
    near, far = (middle, at_middle), _valued(missing, middle + step)
    for _ in range(MAX_DOUBLINGS):
        if far[1] >= 0.0:
            return _false_position(missing, near, far, within)
        step *= 2.0
        near, far = far, _valued(missing, middle + step)
    raise NoMaximum


def _valued(missing: Callable[[float], float], place: float) -> Place:
    return place, missing(place)


def _false_position(missing: Callable[[float], float], near: Place, far: Place, within: float) -> float:
    kept_side = 0
    for _ in range(MAX_TRIALS):
        place = far[0] - far[1] * (far[0] - near[0]) / (far[1] - near[1])
        value = missing(place)
        if abs(value) < within:
            return place
        if value > 0.0:
            far = (place, value)
            near = (near[0], near[1] / 2.0) if kept_side == 1 else near
            kept_side = 1
        else:
            near = (place, value)
            far = (far[0], far[1] / 2.0) if kept_side == -1 else far
            kept_side = -1
    raise NoMaximum
