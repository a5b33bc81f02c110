"""The repositories: one subject each, plain synchronous code inside one transaction."""
