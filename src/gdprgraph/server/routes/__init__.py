"""The routes: one module for what each answers."""
