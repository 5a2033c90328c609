-- What the depositor says of the files: made digital, or scans of paper, with a procedure of faithful copy (copie fiable) or without.
alter table transfer add column copy_said text;
alter table transfer add constraint transfer_copy_known check (copy_said in ('original', 'simple', 'reliable'));
