"""The web page for a data protection officer: everything by links and forms, in Danish or English, evidence one click away.

`route` lists the pages and lets a browser have them where programs get data from the same address; `frame` is what every
page shares; `library` holds what is worked out once a register; the other modules are one page each. Needs the extra `web`.
"""

from gdprgraph.pages.routes import WebPages, routes

__all__ = ["WebPages", "routes"]
