"""The command `gdprgraph`, and `python -m gdprgraph`."""

import os
import signal


def main() -> None:
    """Run the command line; who breaks it off is told nothing, not even while its modules are read."""
    wanted = signal.getsignal(signal.SIGINT)
    if wanted is signal.default_int_handler:  # an exception may be lost among the modules, or come out as another
        signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    from gdprgraph.cli import main as run

    signal.signal(signal.SIGINT, wanted)
    try:
        run()
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
