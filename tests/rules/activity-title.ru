DELETE DATA { GRAPH notice:hillested { hil:newsletter dct:title "Nyhedsbrev"@da } }
