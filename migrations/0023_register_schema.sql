-- The schema of which each site's copy of the register is: after an update it is written again, even where the journal
-- has nothing new, since a rebuild takes a register of its own schema only. 0: not known, or none.
alter table technical.journal_copy add column register_schema bigint not null default 0;
