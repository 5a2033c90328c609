-- The four roles, made once by whoever owns the cluster (the program itself for its own, the
-- administrator for another), before the first migration. Safe to run again.
--
--   chartrier_owner      owns the schema, runs the migrations; sees every row by a policy of its own
--   chartrier_service    rows of one tenant at a time, never its own master
--   chartrier_technical  sessions, tokens, jobs: the tables whose changes are no archive events
--   chartrier_backup     reads everything, for pg_dump; writes nothing
do $$
begin
    if not exists (select from pg_roles where rolname = 'chartrier_owner') then
        create role chartrier_owner login;
    end if;
    if not exists (select from pg_roles where rolname = 'chartrier_service') then
        create role chartrier_service login;
    end if;
    if not exists (select from pg_roles where rolname = 'chartrier_technical') then
        create role chartrier_technical login;
    end if;
    if not exists (select from pg_roles where rolname = 'chartrier_backup') then
        create role chartrier_backup login bypassrls;
    end if;
end
$$;
