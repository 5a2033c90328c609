-- What was accepted consumes its identifier, awaiting replication or not.
drop index transfer_accepted_once;
create unique index transfer_accepted_once on transfer (tenant_id, transferring_agency, message_identifier)
    where state in ('sealed', 'awaiting_replication', 'taken_in_charge');
-- How many wait is asked at each reception: they are few, whatever the number of archives.
create index transfer_awaiting_replication on transfer (tenant_id) where state = 'awaiting_replication';
