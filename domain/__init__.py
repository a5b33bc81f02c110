"""The structured backend: pure rules about programmes and organisations, and the store."""
