"""The language of procedures: typed model, loader that names lines, soundness, canonical form, drawing."""
