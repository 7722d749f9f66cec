INSERT DATA { GRAPH notice:hillested {
  hil:newsletter reg:inNotice hil:elsewhere
} }
