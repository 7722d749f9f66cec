DELETE WHERE { GRAPH notice:hillested { hil:duration-video reg:days ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:duration-video reg:days 60
} }
