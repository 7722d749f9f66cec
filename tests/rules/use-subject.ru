DELETE WHERE { GRAPH notice:hillested { hil:use-video dpv:hasDataSubject ?o } }
