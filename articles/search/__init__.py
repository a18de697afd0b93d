"""Searching the public record."""
