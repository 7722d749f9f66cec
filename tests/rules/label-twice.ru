INSERT DATA { GRAPH notice:hillested {
  hil:use-news skos:prefLabel "et andet navn"@da
} }
