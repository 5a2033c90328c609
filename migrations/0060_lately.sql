-- What happened lately, on each desk: the few kinds of entries that people are told of, newest first. Entries that come by the thousand
-- (checks, copies, readings, measures) are not among them.
create index event_told on event (tenant_id, event_type, seq)
    where event_type in ('REJET', 'PRISE_EN_CHARGE', 'COMMUNICATION', 'PARAMETRAGE', 'INCIDENT', 'REPARATION', 'RECONSTRUCTION');

-- What somebody deposited, newest first.
create index transfer_of_person on transfer (tenant_id, person_id, received_at desc, transfer_id desc)
    where person_id is not null;
