"""What every page shares: the language, links that keep it, the head and foot, and the headers of the answer."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup
from starlette.responses import HTMLResponse

from gdprgraph.errors import in_language
from gdprgraph.figures import date_text, number_text
from gdprgraph.pages import asset
from gdprgraph.pages.library import Library, library_of, standing_of
from gdprgraph.pages.wording import WORDS
from gdprgraph.rows import Concept
from gdprgraph.server.routing import base_of, service_of
from gdprgraph.server.security import SESSION
from gdprgraph.vocab import curie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.responses import Response

    from gdprgraph.evidence import Passage
    from gdprgraph.register import Register

COOKIE = "lang"
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: The parts of the page, in the order of the menu: address → (Danish, English).
MENU = {
    "/": ("Overblik", "Overview"),
    "/ask": ("Spørg", "Ask"),
    "/register": ("Register", "Register"),
    "/flows": ("Datastrømme", "Flows"),
    "/check": ("Kontrol", "Checks"),
    "/record": ("Fortegnelse", "Record"),
    "/evidence": ("Kilder", "Evidence"),
    "/sparql": ("SPARQL", "SPARQL"),
}


class Frame:
    """One page in the making. `tolerant` is for pages that tell of an error: a wrong `lang` is passed over."""

    def __init__(self, request: Request, *, tolerant: bool = False) -> None:
        from gdprgraph.server.asking import language_of

        self.request = request
        self.service = service_of(request)
        self.register: Register = self.service.register
        given, kept = request.query_params.get("lang"), request.cookies.get(COOKIE)
        if given is not None and not (tolerant and given not in WORDS):
            self.language = language_of(request) if not tolerant else given
        else:
            self.language = kept if kept in WORDS else self.service.settings.language
        self.asked = given in WORDS

    @property
    def secure(self) -> bool:
        """Whether readers come by https, so that a cookie goes by nothing else."""
        return self.request.url.scheme == "https" or (self.service.settings.base or "").startswith("https://")

    @property
    def signed_in(self) -> bool:
        """Whether the reader has a session to end."""
        return bool(self.service.settings.tokens) and self.service.sessions.knows(self.request.cookies.get(SESSION, ""))

    @property
    def library(self) -> Library:
        """What is worked out once for the register."""
        return library_of(self.register)

    def t(self, danish: str, english: str) -> str:
        """One of two texts."""
        return danish if self.language == "da" else english

    def word(self, key: str) -> str:
        """A word that stands on several pages."""
        return WORDS[self.language][key]

    def link(self, path: str, fragment: str = "", **parameters: Any) -> str:
        """The address of a page; the language goes along where the reader has chosen it in the address."""
        given = [
            (name, str(item))
            for name, value in parameters.items()
            for item in (value if isinstance(value, list | tuple) else [value])
            if item is not None and item != ""
        ]
        if self.asked and "lang" not in parameters:
            given.append(("lang", self.language))
        query = "?" + urlencode(given, safe=":,/") if given else ""
        return quote(path, safe="/:%") + query + (f"#{fragment}" if fragment else "")

    def here(self, **changes: Any) -> str:
        """The same page with other parameters; None takes one away."""
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in changes]
        added = [(name, str(value)) for name, value in changes.items() if value is not None]
        query = urlencode([*kept, *added], safe=":,/")
        path = "/" + self.request.url.path.lstrip("/")  # with two strokes before it, it would name another site
        return path + (f"?{query}" if query else "")

    def about(self, term: Concept | str) -> str:
        """The page of a node or term."""
        return self.link("/describe", term=term.curie if isinstance(term, Concept) else curie(term))

    def source(self, passage: Passage, fact: str = "", others: Iterable[Passage] = ()) -> str:
        """The page of a document at these lines, with them and what else the same fact cites there marked."""
        cited = [item for item in others if item.document == passage.document] or [passage]
        lines = ",".join(str(item).partition(":")[2] for item in cited)
        return self.link(f"/evidence/{passage.document}", f"L{passage.first}", lines=lines, fact=curie(fact) if fact else None)

    def label(self, iri: str) -> str:
        """The label of a node or term."""
        return self.register.labels.label(iri, self.language)

    def concept(self, iri: str) -> Concept:
        """A node or term with its label."""
        return Concept(iri, self.label(iri))

    def text(self, passages: Iterable[Passage]) -> list[tuple[Passage, list[tuple[int, str]] | None]]:
        """Passages with their numbered lines; None instead where the document is not at hand."""
        from gdprgraph.errors import DocumentsError

        found: list[tuple[Passage, list[tuple[int, str]] | None]] = []
        for passage in passages:
            try:
                lines = self.register.evidence.text(passage)
            except DocumentsError:
                found.append((passage, None))
            else:
                found.append((passage, list(zip(passage.lines, lines, strict=True))))
        return found

    def render(self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Response:
        """The page as a response, with its own security policy; the language is kept in a cookie once chosen."""
        path = self.request.url.path
        active = next((name for name in sorted(MENU, key=len, reverse=True) if path == name or path.startswith(name + "/")), "")
        if path.startswith(("/describe", "/evidence/show")):
            active = "/register"
        if path.startswith("/rule"):
            active = "/check"
        shown = {
            "frame": self,
            "t": self.t,
            "word": self.word,
            "lang": self.language,
            "link": self.link,
            "about": self.about,
            "source": self.source,
            "menu": MENU,
            "active": active,
            "assets": f"/static/{asset.version()}",
            "base": base_of(self.request),
            **context,
        }
        html = environment(self.language).get_template(template).render(shown)
        return self.finished(html, status=status, headers=headers)

    def finished(
        self, html: str, *, status: int = 200, headers: dict[str, str] | None = None, policy: str = POLICY
    ) -> Response:
        """A page as a response."""
        response = HTMLResponse(html, status, headers)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Content-Language"] = self.language
        response.headers["Cache-Control"] = "no-store" if status >= 400 else "private, no-cache"
        response.headers["Vary"] = "Cookie"
        response.headers["Referrer-Policy"] = "same-origin"  # with none at all, a form of ours would come from "null"
        if self.asked:
            response.set_cookie(COOKIE, self.language, max_age=31536000, samesite="lax", httponly=True, secure=self.secure)
        return response


@cache
def environment(language: str) -> jinja2.Environment:
    """The templates of the package, everything escaped, a misspelt name an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    found.filters["number"] = lambda value: number_text(value, language)
    found.filters["date"] = lambda value: date_text(value, language)
    found.filters["curie"] = curie
    found.filters["standing"] = standing_of
    found.filters["cap"] = lambda text: text[:1].upper() + text[1:]
    found.filters["told"] = lambda message: in_language(message, language)
    found.filters["svg"] = Markup
    found.tests["concept"] = lambda value: isinstance(value, Concept)
    return found
