"""Orders: `shop.orders`."""

from __future__ import annotations

from tests.sync.shop._endpoints.orders.area import Orders
from tests.sync.shop._endpoints.orders.models import ANY_STATE, Order, State
from tests.sync.shop._endpoints.orders.notes import Notes

__all__ = ["ANY_STATE", "Notes", "Order", "Orders", "State"]
