DELETE WHERE { GRAPH notice:hillested { hil:duration-applications reg:days ?days } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:duration-applications reg:days 18
} }
