DELETE WHERE { GRAPH notice:hillested { hil:flow-transfer reg:sender ?party } } ;
INSERT { GRAPH notice:hillested { hil:flow-transfer reg:sender ?party } }
WHERE { GRAPH notice:hillested { hil:flow-transfer reg:receiver ?party } }
