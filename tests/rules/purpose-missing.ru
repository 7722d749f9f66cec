DELETE WHERE { GRAPH notice:vandloeb { vand:purpose-watercourses ?p ?o } }
