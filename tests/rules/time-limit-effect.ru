DELETE WHERE { GRAPH notice:hillested { hil:limit-log reg:effect ?o } }
