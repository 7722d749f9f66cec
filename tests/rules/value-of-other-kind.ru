INSERT DATA { GRAPH notice:hillested {
  hil:flow-processor reg:modality reg:AtMost
} }
