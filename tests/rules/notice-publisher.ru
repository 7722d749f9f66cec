DELETE WHERE { GRAPH notice:vandloeb { notice:vandloeb dct:publisher ?o } }
