DELETE DATA { GRAPH notice:vandloeb { vand:watercourses dpv:hasLegalBasis vand:basis-section-21 } }
