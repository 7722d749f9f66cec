DELETE WHERE { GRAPH notice:hillested { hil:use-news prov:wasDerivedFrom ?o } }
