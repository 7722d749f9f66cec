INSERT DATA { GRAPH notice:hillested {
  hil:newsletter reg:inNotice notice:vandloeb
} }
