INSERT DATA { GRAPH notice:hillested {
  hil:contact-withdrawal reg:condition "skriv til 010190-1234"@da, "write to 010190-1234"@en
} }
