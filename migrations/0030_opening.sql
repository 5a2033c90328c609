-- Rules that a message sets for all its units: with the units' own they say from when each may be read. Null: entered before
-- they were kept, and unknown.
alter table archive add column rules jsonb;
