DELETE WHERE { GRAPH notice:hillested { hil:limit-log dpv:hasDuration ?o } }
