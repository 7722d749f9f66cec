INSERT DATA { GRAPH notice:hillested {
  hil:contact-mail reg:slip "stavefejl i domænet"@da, "domain misspelt"@en
} }
