"""The catalogue: what a buyer may order, found by code, barcode, name, characters and pinyin."""
