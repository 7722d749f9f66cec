DELETE DATA { GRAPH notice:vandloeb { vand:watercourses dpv:hasLegalBasis vand:basis-section-21 } } ;
DELETE WHERE { GRAPH notice:vandloeb { vand:basis-section-21 ?p ?o } }
