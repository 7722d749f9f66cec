INSERT DATA { GRAPH notice:hillested {
  hil:use-loans skos:preflabel "udlån"@da, "loans"@en
} }
