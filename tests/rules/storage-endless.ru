DELETE WHERE { GRAPH notice:hillested { hil:duration-statistics ?p ?o } } ;
DELETE WHERE { GRAPH notice:hillested { hil:storage-statistics reg:limit ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:duration-statistics a dpv:Duration, dpv:EndlessDuration
} }
