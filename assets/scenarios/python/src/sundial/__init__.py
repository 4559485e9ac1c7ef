"""The hour by the sun."""


def hour(longitude, utc):
    """The solar hour at a longitude, in degrees east, at an hour of UTC."""
    return (utc + longitude / 15) % 24
