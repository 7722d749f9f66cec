DELETE DATA { GRAPH notice:hillested { notice:hillested dct:title "Privatlivspolitik for Hillested Kommune"@da } }
