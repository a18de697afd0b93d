"""Pictures: taking them in, and making their sizes. Readers see none of them before `publishing` copies it."""
