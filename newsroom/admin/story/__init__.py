"""Stories: the list, the page one writes in, and the correction of a live article."""
