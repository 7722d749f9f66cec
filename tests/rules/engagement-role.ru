DELETE WHERE { GRAPH notice:hillested { hil:engagement-hosting reg:role ?o } }
