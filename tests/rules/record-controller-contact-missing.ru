DELETE WHERE { GRAPH notice:vandloeb { vand:contact-post reg:contactOf ?o } } ;
DELETE WHERE { GRAPH notice:vandloeb { vand:contact-mail reg:contactOf ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:contact-post reg:contactOf party:datatilsynet . vand:contact-mail reg:contactOf party:datatilsynet
} }
