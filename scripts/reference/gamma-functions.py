"""Binet's function and log rising factorials with their derivatives, in 40 digits: test/fixtures/gamma-functions.json.

    python3 scripts/reference/gamma-functions.py > test/fixtures/gamma-functions.json
"""
import json
import struct

import mpmath as mp

mp.mp.dps = 60


def as_float32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def binet(x):
    """As in shaders/lib/gamma.wgsl: the function, then -x, x^2, -x^3 times its first three derivatives."""
    return [
        mp.loggamma(x) - (x - mp.mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2,
        x * (mp.log(x) - 1 / (2 * x) - mp.digamma(x)),
        x**2 * (mp.polygamma(1, x) - 1 / x - 1 / (2 * x**2)),
        -(x**3) * (mp.polygamma(2, x) + 1 / x**2 + 1 / x**3),
    ]


def rising_excess(x, k):
    value = mp.loggamma(x + k) - mp.loggamma(x) - ((x + k) * mp.log(x + k) - x * mp.log(x) - k)
    slope = x * (mp.digamma(x + k) - mp.digamma(x) - mp.log((x + k) / x))
    return [value, slope]


def rising(x, k):
    one, two, three = (x ** (n + 1) * (mp.polygamma(n, x + k) - mp.polygamma(n, x)) for n in range(3))
    return [one, one + two, one + 3 * two + three]


def table(function, arguments):
    return [{"at": list(a), "exact": [float(v) for v in function(*map(mp.mpf, a))]} for a in arguments]


xs = [as_float32(10 ** (-4 + e / 8)) for e in range(8 * 12 + 1)]
ks = [1, 2, 5, 8, 9, 40, 1000, 1000000]
pairs = [(x, k) for x in xs[::4] for k in ks]
print(json.dumps({
    "program": f"mpmath {mp.__version__}",
    "binet": table(binet, [(x,) for x in xs]),
    "rising_excess": table(rising_excess, pairs),
    "rising": table(rising, pairs),
}))
