DELETE WHERE { GRAPH notice:hillested { hil:newsletter dct:title ?title } }
