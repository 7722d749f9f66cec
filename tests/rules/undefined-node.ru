INSERT DATA { GRAPH notice:hillested {
  hil:flow-processor reg:via system:nowhere
} }
