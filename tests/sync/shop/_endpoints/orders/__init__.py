"""Orders: `shop.orders`."""
