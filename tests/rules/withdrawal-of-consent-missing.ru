DELETE WHERE { GRAPH notice:hillested { hil:right-withdrawal ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { ?s ?q hil:right-withdrawal } }
