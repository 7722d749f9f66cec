DELETE WHERE { GRAPH notice:hillested { hil:newsletter dpv:hasPurpose ?o } } ;
DELETE DATA { GRAPH notice:hillested { hil:use-news a reg:DataUse } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-news a reg:DataFlow ; reg:sender hil:subscribers ; reg:receiver party:hillested ; dpv:hasProcessing dpv:Collect
} } ;
DELETE WHERE { GRAPH notice:hillested { hil:purpose-news ?p ?o } }
