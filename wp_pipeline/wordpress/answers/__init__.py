"""What stands in one answer: JSON, items and their ids, the parts that vary by themselves."""
