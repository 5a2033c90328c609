-- Electronic signatures that the files of a transfer bear, the worst told one by one; the archive's
-- metadata/signatures.json has them all. Null: none, not examined yet, or before they were looked for.
alter table transfer add column signatures jsonb;
