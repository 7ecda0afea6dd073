"""From a file without a codebook to the draft of one: what each column seems to be, why, and how sure that is."""
