DELETE WHERE { GRAPH notice:hillested { hil:basis-6-1-b reg:lawReference ?o } }
