"""The scenarios of docs/scenarios.md: `document` reads the text, `stage` plays it."""
