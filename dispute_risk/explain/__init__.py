"""A risk becomes reasons in plain English. Open first: `contributions` (what each feature adds) and `reasons` (as sentences)."""
