-- The virus check: what each agreement asks for, and how far each transfer was looked at.
--
-- An agreement made before this asks for the check as soon as the service has a scanner, large files in parts: what nobody
-- decided is the careful answer that needs nobody to change a file. 'required' is a decision: without a scanner its transfers
-- are refused, and the member's file that says it is not applied.

alter table agreement add column virus text not null default 'when_configured';
alter table agreement add constraint agreement_virus_known check (virus in ('required', 'when_configured', 'off'));
-- A file larger than the scanner takes at once.
alter table agreement add column virus_large text not null default 'parts';
alter table agreement add constraint agreement_virus_large_known check (virus_large in ('parts', 'unscanned', 'refuse'));

-- Engine, signatures, files looked at and not, by reason. Null: not examined yet, or before this was kept.
alter table transfer add column virus jsonb;
