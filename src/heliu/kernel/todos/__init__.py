"""To-dos: what a person of a house is to do, about a record or by itself, until a day."""
