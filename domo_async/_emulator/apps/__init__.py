"""The routes that apps of the App Framework call: data by alias, documents by a collection's name, and others."""
