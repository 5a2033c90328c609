-- The states are named one by one: of « <> refused » the planner, which row security keeps from the values' statistics,
-- believes where one state is frequent that nothing fulfils it, and reads the whole index for what another one would give at
-- once (2 s a reception with a million archives).
drop index transfer_same_bytes;
create unique index transfer_same_bytes on transfer (tenant_id, digest)
    where state in ('received', 'examined', 'sealed', 'awaiting_replication', 'taken_in_charge');
