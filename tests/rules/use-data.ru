DELETE WHERE { GRAPH notice:hillested { hil:use-news dpv:hasPersonalData ?o } }
