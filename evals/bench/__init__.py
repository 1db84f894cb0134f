"""`bussola bench`: speed and memory beside the plain LlamaIndex + Chroma pipeline, same weights, one run."""
