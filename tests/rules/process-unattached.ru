DELETE DATA { GRAPH notice:hillested { hil:personnel dpv:hasProcess hil:use-video } }
