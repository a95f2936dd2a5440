"""A daemon whose clocks run faster than the world's (fast_time.cpp, preloaded): an hour of its life in seconds."""

import os
import time


class FastTime:
    """From now on it lives `times` as fast."""

    def __init__(self, binary, times):
        library = binary.parent / "tests" / "fast-time.so"
        assert library.is_file(), "it is built with the daemon's tests"
        self.times, self.begun = times, time.time()
        # Where the daemon has the address sanitizer, that wants to be the first library.
        sanitizer = ":".join(filter(None, [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]))
        self.environment = {"LD_PRELOAD": str(library), "ASAN_OPTIONS": sanitizer, "TOCSIN_FAST_TIME": str(times),
                            "TOCSIN_FAST_TIME_FROM": repr(self.begun)}

    def now(self):
        return self.begun + (time.time() - self.begun) * self.times
