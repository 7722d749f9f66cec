DELETE WHERE { GRAPH notice:hillested { ?s ?p hil:flow-cpr } } ;
DELETE WHERE { GRAPH notice:hillested { hil:flow-cpr ?p ?o } }
