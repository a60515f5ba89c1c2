"""Goods on the way from one warehouse to another."""
