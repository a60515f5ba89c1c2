"""A bank that is spoken with by ISO 20022 files; docs/bank-files.md."""
