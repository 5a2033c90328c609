-- A quota in objects, in deposits a day, and a soft one in bytes, past which people are told and nothing is refused.
alter table quota add column bytes_soft bigint check (bytes_soft >= 0);
alter table quota add column objects_max bigint check (objects_max >= 0);
alter table quota add column objects_held bigint not null default 0 check (objects_held >= 0);
alter table quota add column deposits_per_day bigint check (deposits_per_day >= 0);
-- Deposits accepted on the last day on which one was, in Paris.
alter table quota add column deposits_on date;
alter table quota add column deposits_count bigint not null default 0;
update quota q set objects_held = coalesce((select sum(u.objects) from agreement_usage u where u.tenant_id = q.tenant_id), 0);
