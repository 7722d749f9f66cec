DELETE WHERE { GRAPH notice:hillested { hil:duration-applications reg:days ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:duration-applications reg:days 1826
} }
