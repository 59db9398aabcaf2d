"""Rules about forms, presets and secrets, and the catalogue of every rule that this program has. Pure."""
