"""`python -m gdprgraph`."""

from gdprgraph.cli import main

main()
