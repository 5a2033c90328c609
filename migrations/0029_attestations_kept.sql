-- Attestations come back with a rebuild (their texts are kept beside the journal's copy): their depositors were told when
-- they were completed first.
alter table attestation add column is_rebuilt boolean not null default false;
