-- What an archivist says of her decision: reasons of a refusal, as codes of a closed list, and her words; or her remark on what
-- she accepts. Kept beside the findings, which a later examination writes anew.
alter table transfer add column refusal_reasons text[] not null default '{}';
alter table transfer add column decision_words text;
alter table transfer add constraint transfer_refusal_reasons_few check (cardinality(refusal_reasons) <= 20);
alter table transfer add constraint transfer_decision_words_short check (length(decision_words) between 1 and 2000);

-- What awaits an archivist, oldest first, in each of the members she serves.
create index transfer_awaiting_decision on transfer (tenant_id, received_at, transfer_id)
    where state = 'examined' and decided_by is null;

-- What the examination saw, for whoever decides: how many files of each kind, and where in the message's tree findings are.
alter table transfer add column file_kinds jsonb not null default '{}';
alter table transfer add column finding_places jsonb not null default '{}';
