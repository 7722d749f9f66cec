DELETE WHERE { GRAPH notice:hillested { hil:storage-personnel reg:limit ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:storage-personnel reg:limit reg:Possible
} }
