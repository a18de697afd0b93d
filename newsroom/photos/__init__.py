"""Pictures: taking them in, and making their sizes. Nothing here is seen by readers before `publishing` copies it."""
