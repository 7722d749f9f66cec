DELETE WHERE { GRAPH notice:hillested { hil:limit-religion reg:denies ?o } }
