DELETE WHERE { GRAPH notice:hillested { hil:limit-log reg:startsAt ?o } }
