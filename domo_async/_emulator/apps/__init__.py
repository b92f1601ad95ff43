"""What the apps of the App Framework talk to: data by alias, documents by the name of a collection, and the rest."""
