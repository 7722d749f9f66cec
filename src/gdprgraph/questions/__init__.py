"""Questions and their answers: header, parameters, rows, labels."""
