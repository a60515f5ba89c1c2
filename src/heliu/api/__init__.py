"""The programs' face: REST v1 by resource. Thin: parse, call once, show."""
