"""The journal of appeals: found, sorted, shown by columns, kept as views, taken along as a file, changed together."""
