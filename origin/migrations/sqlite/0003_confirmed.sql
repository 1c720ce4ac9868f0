-- What was shown of who reports, as JSON: for the one view of a customer, by nothing that was only typed.
ALTER TABLE reports ADD COLUMN confirmed TEXT;
