DELETE WHERE { GRAPH notice:hillested { hil:use-news skos:prefLabel ?o } }
