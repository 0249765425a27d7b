"""Random bytes are given once, whoever asks."""

import threading

import pytest

from storage.entropy import Entropy


def test_no_bytes_are_given_twice_whatever_sizes_are_asked_for() -> None:
    entropy = Entropy()
    taken = [entropy.take(size) for _ in range(600) for size in (32, 12, 10)]

    assert [len(one) for one in taken] == [32, 12, 10] * 600
    assert len(set(taken)) == len(taken)


def test_threads_get_bytes_of_their_own() -> None:
    entropy, taken = Entropy(), []

    def take() -> None:
        taken.extend([entropy.take(16) for _ in range(5_000)])

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(taken)) == len(taken) == 20_000


def test_more_than_a_draw_is_refused() -> None:
    with pytest.raises(ValueError, match="at most"):
        Entropy().take(8_193)
