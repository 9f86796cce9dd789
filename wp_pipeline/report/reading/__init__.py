"""Reads the stored objects of a site for its report, each once and in constant memory."""
