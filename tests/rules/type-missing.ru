INSERT DATA { GRAPH notice:hillested {
  hil:use-lones skos:prefLabel "lån"@da, "loans"@en
} }
