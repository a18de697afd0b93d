"""Work on one text: autosaves, who has it open, and the merge of two people's changes."""
