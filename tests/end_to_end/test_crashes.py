"""A minute of what tests/end_to_end/kills does for hours."""

import os

import pytest

import crashes


@pytest.mark.parametrize("rounds", [3])
def test_dying_again_and_again_loses_no_page_and_repeats_none(binary, rounds):
    lives = crashes.Lives(binary, crashes.library_of(binary), int.from_bytes(os.urandom(4), "little"))
    try:
        for _ in range(rounds):
            lives.play(lives.barrage)
        assert len(lives.kills) >= 10 * rounds
    finally:
        lives.close()
