DELETE WHERE { GRAPH notice:hillested { hil:flow-criminal dpv:hasPersonalData ?o } }
