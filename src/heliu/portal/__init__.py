"""The pages: what each party at its desk sees and presses. Faces only; every rule lives below."""
