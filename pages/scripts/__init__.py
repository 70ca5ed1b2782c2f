"""Short scripts that readers take away; the tests run each of them."""
