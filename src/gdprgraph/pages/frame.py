"""What every page shares: the language, links that keep it, the head and foot, and the headers of the answer."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from gdprgraph.errors import DocumentsError
from gdprgraph.evidence import Passage
from gdprgraph.evidence.reading import outdated
from gdprgraph.facts import standing_of
from gdprgraph.pages import asset
from gdprgraph.pages.library import Library, library_of
from gdprgraph.questions.rows import Concept, text
from gdprgraph.register import Register
from gdprgraph.resources import templates
from gdprgraph.server.gate import SESSION
from gdprgraph.server.request import base_of, service_of
from gdprgraph.words import Words, glossary, in_language, language_name, languages, phrase, tables
from gdprgraph.words.language import date_text, number_text, provision_text

COOKIE = "lang"
#: Rows or findings of a kind on one page; the rest by a link.
MANY = 300
#: Letters of a word for which a column is made broader.
_BROAD = 11
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
#: The parts of the page, in the order of the menu: address → title.
MENU = tables("pages")["menu"]


class Frame:
    """One page in the making. `tolerant` is for pages that tell of an error: a wrong `lang` is passed over."""

    def __init__(self, request: Request, *, tolerant: bool = False) -> None:
        from gdprgraph.server.request import language_of

        self.request = request
        self.service = service_of(request)
        self.snapshot = self.service.snapshot
        self.register: Register = self.snapshot.register
        values, remaining = request.query_params.get("lang"), request.cookies.get(COOKIE)
        if values is not None and not (tolerant and values not in languages()):
            self.language = language_of(request) if not tolerant else values
        else:
            self.language = remaining if remaining in languages() else self.service.settings.language
        self.asked = values in languages()

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

    @property
    def others(self) -> list[tuple[str, str]]:
        """The other languages, each with the name that it has in itself."""
        return [(code, language_name(code)) for code in languages() if code != self.language]

    @property
    def t(self) -> Words:
        """The texts in the reader's language."""
        return Words(self.language)

    def link(self, path: str, fragment: str = "", **parameters: Any) -> str:
        """The address of a page; the language goes along where the reader has chosen it in the address."""
        values = [
            (name, str(item))
            for name, value in parameters.items()
            for item in (value if isinstance(value, list | tuple) else [value])
            if item is not None and item != ""
        ]
        if self.asked and "lang" not in parameters:
            values.append(("lang", self.language))
        query = "?" + urlencode(values, safe=":,/") if values else ""
        return quote(path, safe="/:%") + query + (f"#{fragment}" if fragment else "")

    def here(self, **changes: Any) -> str:
        """The same page with other parameters; None takes one away."""
        remaining = [(name, value) for name, value in self.request.query_params.multi_items() if name not in changes]
        added = [(name, str(value)) for name, value in changes.items() if value is not None]
        query = urlencode([*remaining, *added], safe=":,/")
        path = "/" + self.request.url.path.lstrip("/")  # with two strokes before it, it would name another site
        return path + (f"?{query}" if query else "")

    def about(self, term: Concept | str) -> str:
        """The page of a node or term."""
        return self.link("/describe", term=term.curie if isinstance(term, Concept) else self.register.prefixes.curie(term))

    def source(self, passage: Passage, fact: str = "", others: Iterable[Passage] = ()) -> str:
        """The page of a document at these lines, with them and what else the same fact cites there marked."""
        cited = [item for item in others if item.document == passage.document] or [passage]
        lines = ",".join(str(item).partition(":")[2] for item in cited)
        short = self.register.prefixes.curie(fact) if fact else None
        return self.link(f"/evidence/{passage.document}", f"L{passage.first}", lines=lines, fact=short)

    def label(self, iri: str) -> str:
        """The label of a node or term."""
        return self.register.labels.label(iri, self.language)

    def concept(self, iri: str) -> Concept:
        """A node or term with its label."""
        return self.register.labels.concept(iri, self.language)

    def text(self, passages: Iterable[Passage]) -> list[tuple[Passage, list[tuple[int, str]] | None, str]]:
        """Passages with their numbered lines, None where the document is not at hand, and the word of what has changed."""
        evidence, found = self.register.evidence, list[tuple[Passage, list[tuple[int, str]] | None, str]]()
        for passage in passages:
            try:
                lines = list(zip(passage.lines, evidence.text(passage), strict=True))
                found.append((passage, lines, outdated([passage] * evidence.differs(passage), self.language)))
            except DocumentsError:
                found.append((passage, None, ""))
        return found

    def render(self, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **context: Any) -> Response:
        """The page as a response, with its own security policy; the language is kept in a cookie once chosen."""
        path = self.request.url.path
        menu = {**MENU, "/draft": phrase("Draft")} if self.service.settings.edit else MENU
        active = next((name for name in sorted(menu, key=len, reverse=True) if path == name or path.startswith(name + "/")), "")
        if path.startswith(("/describe", "/evidence/show")):
            active = "/register"
        if path.startswith("/rule"):
            active = "/check"
        visible = {
            "frame": self,
            "t": self.t,
            "plural": self.t.plural,
            "lang": self.language,
            "link": self.link,
            "about": self.about,
            "curie": self.register.prefixes.curie,
            "source": self.source,
            "menu": menu,
            "active": active,
            "assets": f"/static/{asset.version()}",
            "base": base_of(self.request),
            **context,
        }
        html = environment(self.language).get_template(template).render(visible)
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
    pages = templates(Path(__file__).parent / "templates")
    pages.globals |= {"glossary": glossary, "most": MANY}
    pages.filters |= {
        "number": lambda value: number_text(value, language),
        "date": lambda value: date_text(value, language),
        "provision": lambda reference: provision_text(reference, language),
        "standing": standing_of,
        "cap": lambda title: title[:1].upper() + title[1:],
        "told": lambda message: in_language(message, language),
        "svg": Markup,
        "broad": lambda rows, name: any(
            len(word) > _BROAD for row in rows for word in text(row.values[name], language).split()
        ),
    }
    pages.tests["concept"] = lambda value: isinstance(value, Concept)
    return pages
