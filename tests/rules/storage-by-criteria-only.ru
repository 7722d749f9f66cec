DELETE WHERE { GRAPH notice:hillested { hil:storage-applications dpv:hasDuration ?o } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:storage-applications dpv:hasDuration hil:duration-criteria . hil:duration-criteria a dpv:Duration, dpv:IndeterminateDuration
} }
