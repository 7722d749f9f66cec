DELETE WHERE { GRAPH notice:hillested { hil:storage-personnel dpv:hasDuration ?o } }
