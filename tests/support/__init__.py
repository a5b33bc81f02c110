"""The testing kit: people who talk to the product, and a product to talk to."""
