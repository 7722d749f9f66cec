"""HTTP to a SPARQL server: requests with a time limit, credentials that go nowhere else, and failures explained."""

import http.client
import os
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass
from email.message import Message
from ipaddress import ip_address
from urllib.parse import SplitResult, urlencode, urlsplit

from gdprgraph.errors import QueryError, StoreError
from gdprgraph.words import phrase


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server has answered: the media type without parameters, and the bytes."""

    media_type: str
    body: bytes


class Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: a POST would lose its body, and the credentials are for this server alone."""

    def redirect_request(self, req: object, fp: object, code: int, msg: str, headers: object, newurl: str) -> None:
        """None: nothing is followed."""
        return None


class Transport:
    """Requests to one SPARQL server."""

    def __init__(self, url: str, seconds: float) -> None:
        parts = _parts(url)
        if parts.username or parts.password:
            address = f"{parts.scheme}://{parts.hostname}{parts.path}"
            hint = phrase("set GDPRGRAPH_STORE_USER and GDPRGRAPH_STORE_PASSWORD")
            raise StoreError(phrase("an address must hold no password"), file=address, hint=hint)
        self.url = url
        self.seconds = seconds
        user, password = os.environ.get("GDPRGRAPH_STORE_USER"), os.environ.get("GDPRGRAPH_STORE_PASSWORD", "")
        self._token = os.environ.get("GDPRGRAPH_STORE_TOKEN")
        if (user or self._token) and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise StoreError(
                phrase("a password or token would go unencrypted over the network"), file=url, hint=phrase("use https")
            )
        self._opener = self._bare = urllib.request.build_opener(Stay())
        self._digest: urllib.request.HTTPDigestAuthHandler | None = None
        self._basic = ""
        if user:
            passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
            passwords.add_password(None, f"{parts.scheme}://{parts.netloc}/", user, password)
            self._digest = urllib.request.HTTPDigestAuthHandler(passwords)
            self._basic = "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")
            self._opener = urllib.request.build_opener(Stay(), self._digest, urllib.request.HTTPBasicAuthHandler(passwords))

    def ask(self, fields: list[tuple[str, str]], accept: str, seconds: float | None = None) -> Answer:
        """The answer to a query, within `seconds` (or the transport's own).

        A POST form is what every server takes; an address with many graphs is too long to GET.
        """
        return self._open("POST", self.url, urlencode(fields).encode("ascii"), _FORM, accept, seconds)

    def send(self, target: str, field: str, text: str) -> None:
        """Send an update."""
        self._open("POST", target, urlencode({field: text}).encode("ascii"), _FORM, "*/*")

    def put(self, target: str, body: bytes, media_type: str) -> None:
        """Put a graph."""
        self._open("PUT", target, body, media_type, "*/*")

    def delete(self, target: str) -> None:
        """Delete a graph; one that is not there is fine."""
        try:
            self._open("DELETE", target, None, None, "*/*")
        except _NotFoundError:
            return

    def _open(
        self, method: str, target: str, body: bytes | None, media_type: str | None, accept: str, seconds: float | None = None
    ) -> Answer:
        seconds = seconds or self.seconds
        own = _parts(target)[:2] == _parts(self.url)[:2]
        headers = {"Accept": accept, "User-Agent": "gdprgraph"}
        if media_type:
            headers["Content-Type"] = media_type
        if self._token and own:
            headers["Authorization"] = f"Bearer {self._token}"
        # the scheme is http or https: Transport takes no other address, and the command line checks the other two
        request = urllib.request.Request(target, body, headers, method=method)  # noqa: S310
        address = target.partition("?")[0]
        late = phrase("no answer within {seconds:g} s", seconds=seconds)
        try:
            if method == "PUT":
                self._greet(request)
            with self._opener.open(request, timeout=seconds) as response:
                answer = Answer(response.headers.get_content_type(), response.read())
                _whole(response.headers, address)
        except urllib.error.HTTPError as error:
            raise _refusal(error, address) from error
        except TimeoutError as error:
            raise StoreError(late, file=address, hint=phrase("narrow the query")) from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise StoreError(late, file=address) from error
            message = phrase("cannot be reached: {reason}", reason=error.reason)
            raise StoreError(message, file=address, hint=phrase("does the server run there?")) from error
        except (http.client.HTTPException, OSError) as error:
            why = error or type(error).__name__
            raise StoreError(phrase("the answer breaks off: {why}", why=why), file=address) from error
        return answer

    def _greet(self, request: urllib.request.Request) -> None:
        """Learn how the server wants to know us before a body goes out: some hang up on a large one without a password."""
        try:
            headers = dict(request.header_items())
            self._bare.open(urllib.request.Request(request.full_url, headers=headers), timeout=self.seconds).close()  # noqa: S310
        except urllib.error.HTTPError as error:
            scheme, _, challenge = (error.headers.get("WWW-Authenticate") or "").partition(" ")
            if error.code == 401 and self._digest is None:
                raise
            error.close()
            if self._digest is not None and scheme.lower() == "digest":
                fields = urllib.request.parse_keqv_list(urllib.request.parse_http_list(challenge))
                credentials = self._digest.get_authorization(request, fields)
                request.add_unredirected_header("Authorization", f"Digest {credentials}")
            elif self._basic and scheme.lower() == "basic":
                request.add_unredirected_header("Authorization", self._basic)


_FORM = "application/x-www-form-urlencoded; charset=utf-8"


class _NotFoundError(StoreError):
    """The server has no such thing."""


def _whole(headers: Message, target: str) -> None:
    """Raise StoreError for an answer that Virtuoso has cut short: it says so in a header only, with status 200."""
    if headers.get("X-SQL-State"):
        message = phrase("the server ran out of time and gave a part of the answer")
        raise StoreError(message, file=target, hint=phrase("narrow the query"))
    if headers.get("X-SPARQL-MaxRows"):
        rows = headers["X-SPARQL-MaxRows"]
        message = phrase("the server gives no more than {rows} rows", rows=rows)
        raise StoreError(message, file=target, hint=phrase("raise its limit, or add LIMIT"))


def _refusal(error: urllib.error.HTTPError, target: str) -> StoreError | QueryError:
    answer = " ".join(error.read(2000).decode("utf-8", "replace").split())
    answer = answer[:240] + ("…" if len(answer) > 240 else "")
    if error.code == 404:
        return _NotFoundError(phrase("nothing is there (404)"), file=target, hint=phrase("is the address right?"))
    if error.code in {401, 403}:
        hint = phrase("set GDPRGRAPH_STORE_USER and GDPRGRAPH_STORE_PASSWORD, or GDPRGRAPH_STORE_TOKEN")
        message = phrase("the server refuses ({code}): {answer}", code=error.code, answer=answer)
        return StoreError(message, file=target, hint=hint)
    if error.code in {301, 302, 303, 307, 308}:
        place = error.headers.get("Location")
        return StoreError(phrase("has moved to {place}", place=place), file=target, hint=phrase("use that address"))
    if error.code == 400:
        return QueryError(phrase("the server does not take the query: {answer}", answer=answer))
    return StoreError(phrase("the server answers {code}: {answer}", code=error.code, answer=answer), file=target)


def _parts(url: str) -> SplitResult:
    """The parts of the address of a server. Raises StoreError for what is none."""
    try:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return parts
    except ValueError:  # brackets that do not match, a port that is no number
        pass
    raise StoreError(phrase("not the address of a SPARQL endpoint"), file=url, hint=phrase("such as https://host/sparql"))


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
