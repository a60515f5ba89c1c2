"""Files: pictures and papers that belong to a document, for those who may read them."""
