"""The register over HTTP: SPARQL 1.1, the questions, linked data (see docs/serve.md).

`app` puts it together; `service` holds the loaded set and swaps it; `pool` and `worker` run queries of strangers in processes
that can be killed. Nothing here is imported before `gdprgraph serve` is called; it needs the extra `serve`.
"""
