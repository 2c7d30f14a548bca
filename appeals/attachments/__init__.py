"""What is attached to appeals: photos, acts, orders, documents, and links to what lies on the Internet."""
