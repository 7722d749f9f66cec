"""What an answer costs grows as its rows do: ratios of processor time in one run, never times."""

import pytest

from gdprgraph import Register
from support import generated
from support.scaling import BARE, processor

#: Activities of the small register, and how many times as many the large one has.
SMALL, TIMES = 40, 10


@pytest.fixture(scope="module")
def registers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    sizes = {"small": SMALL, "large": SMALL * TIMES}
    return [Register.load(generated.write(folder / name, size, seed=4)) for name, size in sizes.items()]


@pytest.mark.slow
def test_ten_times_the_register_takes_no_more_than_some_twenty_times_as_long(registers):
    """A join of all with all takes a hundred times as long; 20 milliseconds are what noise and start cost."""
    small, large = registers
    late = {}
    for slug in large.questions.slugs:
        first, then = (processor(lambda register=register, slug=slug: register.ask(slug), 3) for register in (small, large))
        if then > 2 * TIMES * first + 0.02:
            late[slug] = (round(first, 4), round(then, 4))
    assert not late


@pytest.mark.slow
@pytest.mark.parametrize("slug", BARE)
def test_an_answer_takes_no_more_than_some_times_its_bare_join(registers, slug):
    """With labels, reserves, reasons and lines, all made into rows that Python has; measured 2 to 27 times."""
    large = registers[1]
    bare = processor(lambda: large.store.select(f"SELECT * WHERE {{ {BARE[slug]} }}"), 20)
    assert processor(lambda: large.ask(slug), 3) < 40 * bare + 0.01
