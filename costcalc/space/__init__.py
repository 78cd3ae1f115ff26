"""Many configurations at once, as plain Python: ranges, points, budgets, and the frontier of what is best.

Nothing here knows what a network is; a caller reads words, fractions and sizes, and says what a column's figures are.
"""
