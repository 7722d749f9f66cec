DELETE WHERE { GRAPH notice:hillested { hil:right-restriction ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-restriction } }
