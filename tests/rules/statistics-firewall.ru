INSERT DATA { GRAPH notice:hillested {
  hil:statistics dpv:hasPurpose hil:purpose-news
} }
