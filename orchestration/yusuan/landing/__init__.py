"""Acquire and keep raw files: every document is its bytes, fingerprinted, registered and never changed.

What the bytes say belongs to reading; what a later build does with a document belongs to the register's status.
"""

from yusuan.landing.land import Landing, land

__all__ = ["Landing", "land"]
