DELETE WHERE { GRAPH notice:hillested { hil:engagement-hosting reg:inActivity ?o } }
