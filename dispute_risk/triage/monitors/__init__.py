"""What a service manager watches: replies to families, reviews, the work ahead, the order cases are served in, gaps."""
