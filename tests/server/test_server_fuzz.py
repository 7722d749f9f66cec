"""Schemathesis puts made-up requests to every operation of the OpenAPI description: no fault, no answer of another shape."""

from __future__ import annotations

from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, given, settings

from conftest import need
from support.running import serving


@pytest.mark.slow
def test_openapi_holds(tmp_path):
    need(find_spec("schemathesis") is not None, "schemathesis (pip install schemathesis)")
    import requests
    import schemathesis
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_headers_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    checks = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance]
    checks.append(response_schema_conformance)
    tried = []
    with serving(tmp_path / "log") as server, requests.Session() as session:
        schema = schemathesis.openapi.from_url(server.url + "/openapi.json", timeout=60)
        for found in schema.get_all_operations():
            operation = found.ok()
            examples = 2 if operation.path.startswith("/ask/") else 10  # forty questions are made of the same few kinds

            @settings(
                max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
            )
            @given(case=operation.as_strategy())
            def holds(case):
                response = case.call(session=session, timeout=60)  # it would wait 10 seconds
                case.validate_response(response, checks=checks)

            holds()
            tried.append(operation.path)
    assert "/ask/recipients" in tried
    assert "/sparql" in tried
