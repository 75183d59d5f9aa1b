"""Symbols of currencies; the code itself stands for those without one of their own."""

from __future__ import annotations

_SYMBOLS = {
    "AUD": "A$",
    "BRL": "R$",
    "BTC": "BTC",
    "CAD": "C$",
    "CHF": "Fr",
    "CNY": "CN¥",
    "CZK": "Kč",
    "DKK": "kr",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "ILS": "₪",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NOK": "kr",
    "NZD": "NZ$",
    "PHP": "₱",
    "PLN": "zł",
    "RUB": "₽",
    "SEK": "kr",
    "THB": "฿",
    "TRY": "₺",
    "TWD": "NT$",
    "UAH": "₴",
    "USD": "$",
    "VND": "₫",
    "ZAR": "R",
}


def currency_symbol(code: str) -> str:
    """What stands before amounts of the currency."""
    return _SYMBOLS.get(code, code)
