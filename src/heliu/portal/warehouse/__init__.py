"""The warehouse's desk: count in, guard what is pledged, hand over for a code."""
