DELETE WHERE { GRAPH notice:hillested { doc:hillested reg:sha256 ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  doc:hillested reg:sha256 "abc"
} }
