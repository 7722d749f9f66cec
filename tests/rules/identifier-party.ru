DELETE WHERE { GRAPH notice:hillested { hil:cvr reg:ofParty ?o } }
