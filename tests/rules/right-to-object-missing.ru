DELETE WHERE { GRAPH notice:hillested { hil:right-objection ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-objection } }
