"""People of a house sign in with what their house signs them in with."""
