DELETE WHERE { GRAPH notice:hillested { hil:use-video dpv:hasPersonalData ?o } }
