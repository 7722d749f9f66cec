DELETE WHERE { GRAPH notice:hillested { hil:use-news dpv:hasDataSubject ?o } }
