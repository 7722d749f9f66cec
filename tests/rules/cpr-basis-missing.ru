DELETE DATA { GRAPH notice:hillested {
  hil:lending dpv:hasLegalBasis hil:basis-section-11 . hil:lending dpv:hasLegalBasis hil:basis-section-21 } } ;
INSERT DATA { GRAPH notice:hillested {
  hil:use-loans dpv:hasLegalBasis hil:basis-6-1-e, hil:basis-section-21
} } ;
DELETE DATA { GRAPH notice:hillested { hil:lending dpv:hasLegalBasis hil:basis-6-1-e } }
