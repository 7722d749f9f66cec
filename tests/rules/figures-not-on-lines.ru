INSERT DATA { GRAPH notice:hillested {
  hil:storage-applications reg:notOnLines "P4Y"
} }
