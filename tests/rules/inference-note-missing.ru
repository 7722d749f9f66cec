INSERT DATA { GRAPH notice:hillested {
  hil:purpose-news reg:assertion reg:Inferred ; reg:inferenceNote "kun på dansk"@da
} }
