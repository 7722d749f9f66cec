DELETE WHERE { GRAPH notice:hillested { notice:hillested dct:title ?title } }
