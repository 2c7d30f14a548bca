"""SMS to applicants about their appeals: registered, term moved, closed; off until an administrator switches it on."""
