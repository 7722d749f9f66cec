DELETE DATA { GRAPH notice:hillested { hil:joint dpv:hasDataController party:vandloeb } }
