-- What an account says of itself besides its key, such as a resource's address or a project: JSON, the values by
-- the names of its vendor's fields. Sealed, since a vendor's file of the user's may ask for anything.
ALTER TABLE accounts ADD COLUMN fields BLOB;
