"""Spreadsheets, forms and exchange files."""
