-- The last entry up to which a baseline's answers were compared with an independent recomputation from the entries; 0 for none.
-- What follows it was only compared with the live state.
ALTER TABLE baseline ADD COLUMN recomputed_seq INTEGER NOT NULL DEFAULT 0;
