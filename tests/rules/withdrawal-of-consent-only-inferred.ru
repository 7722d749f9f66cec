INSERT DATA { GRAPH notice:hillested {
  hil:right-withdrawal reg:assertion reg:Inferred ; reg:inferenceNote "nævnes kun som noget, der skal oplyses"@da, "named only as something to be told"@en
} }
