INSERT DATA { GRAPH notice:hillested {
  hil:right-objection reg:lawReference eu-gdpr:A6-1-f
} }
