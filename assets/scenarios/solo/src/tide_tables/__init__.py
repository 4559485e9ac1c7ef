"""High and low water from harmonic constants."""

from math import cos, radians


def height(constants, hours):
    """The height of the water some hours after the epoch.

    constants are triples of amplitude, speed in degrees an hour, and phase in
    degrees.
    """
    return sum(a * cos(radians(speed * hours - phase)) for a, speed, phase in constants)
