DELETE WHERE { GRAPH notice:vandloeb { vand:contact-dpo-mail reg:contactOf ?o } } ;
DELETE WHERE { GRAPH notice:vandloeb { vand:contact-dpo-phone reg:contactOf ?o } } ;
DELETE WHERE { GRAPH notice:vandloeb { vand:contact-dpo-post reg:contactOf ?o } } ;
INSERT DATA { GRAPH notice:vandloeb {
  vand:contact-dpo-mail reg:contactOf party:datatilsynet . vand:contact-dpo-phone reg:contactOf party:datatilsynet . vand:contact-dpo-post reg:contactOf party:datatilsynet
} }
