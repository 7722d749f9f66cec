DELETE WHERE { GRAPH notice:hillested { hil:cvr skos:notation ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:cvr skos:notation "12 34 56 78"
} }
