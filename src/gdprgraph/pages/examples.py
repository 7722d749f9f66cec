"""Queries to begin with, one for each way in which a result is shown. The prefixes of the register need no PREFIX line."""

from __future__ import annotations

#: What a query can be shown as: (Danish, English, query). The first stands in an editor that nothing was written in.
EXAMPLES = (
    (
        "Diagram: hvem får oftest noget?",
        "Chart: who gets something most often?",
        """SELECT ?receiver (COUNT(DISTINCT ?flow) AS ?flows)
WHERE {
  ?flow a reg:DataFlow ; reg:receiver ?node .
  ?node skos:prefLabel ?receiver .
  FILTER(LANG(?receiver) = "da")
}
GROUP BY ?receiver
ORDER BY DESC(?flows) ?receiver
LIMIT 15
""",
    ),
    (
        "Tabel: systemer og deres navne",
        "Table: systems and their names",
        """SELECT ?system ?name
WHERE {
  ?system a reg:System ; skos:prefLabel ?name .
  FILTER(LANG(?name) = "da")
}
ORDER BY ?name
""",
    ),
    (
        "Graf: hvem sender CPR-numre til hvem?",
        "Graph: who sends CPR numbers to whom?",
        """CONSTRUCT { ?flow reg:sender ?sender ; reg:receiver ?receiver ; reg:assertion ?assertion }
WHERE {
  ?flow reg:sender ?sender ; reg:receiver ?receiver ; dpv:hasPersonalData ?data .
  ?data a dk:CPRNumber .
  OPTIONAL { ?flow reg:assertion ?said }
  BIND(COALESCE(?said, reg:Stated) AS ?assertion)
}
""",
    ),
    ("Graf: alt om én strøm", "Graph: all about one flow", "DESCRIBE uim:flow-pension-payment\n"),
)
