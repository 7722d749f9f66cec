INSERT DATA { GRAPH notice:hillested {
  hil:storage-personnel reg:limit reg:AtMost, reg:AtLeast
} }
