INSERT DATA { GRAPH notice:hillested {
  hil:use-loans reg:condition "kun på dansk"@da
} }
