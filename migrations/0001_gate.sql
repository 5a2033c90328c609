-- The gate every later table stands behind: whose rows these are, and who may touch which schema.
create extension if not exists unaccent;
create extension if not exists btree_gin;

create schema platform;
create schema technical;

-- After a first use in a connection the setting reads '' rather than null: hence nullif.
create function current_tenant() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('archive.tenant', true), '')::uuid;

-- What every table of tenants' rows gets, in the migration that makes it: rows of the current
-- tenant for everyone, the owner included (forced), and all rows for the owner's migrations, since
-- a data migration under forced row security would silently change nothing.
create procedure guard_tenant_table(guarded regclass)
    language plpgsql as $$
begin
    execute format('alter table %s enable row level security', guarded);
    execute format('alter table %s force row level security', guarded);
    execute format('create policy tenant_isolation on %s to chartrier_service '
                   'using (tenant_id = current_tenant()) with check (tenant_id = current_tenant())', guarded);
    execute format('create policy owner_migrates on %s to chartrier_owner using (true) with check (true)', guarded);
end
$$;

revoke all on schema public from public;
grant usage on schema public to chartrier_service, chartrier_technical, chartrier_backup;
grant usage on schema platform to chartrier_service, chartrier_technical, chartrier_backup;
grant usage on schema technical to chartrier_service, chartrier_technical, chartrier_backup;

alter default privileges in schema public grant select on tables to chartrier_backup;
alter default privileges in schema platform grant select on tables to chartrier_backup;
alter default privileges in schema technical grant select on tables to chartrier_backup;
alter default privileges in schema public grant select on sequences to chartrier_backup;
alter default privileges in schema platform grant select on sequences to chartrier_backup;
alter default privileges in schema technical grant select on sequences to chartrier_backup;
-- The list of migrations is older than the first of them; a dump without it could not be migrated further.
do $$
begin
    if to_regclass('public._sqlx_migrations') is not null then
        grant select on public._sqlx_migrations to chartrier_backup;
    end if;
end
$$;

-- French search: accents folded before the stem, so that « délibération » and « deliberation » meet.
create text search configuration french_unaccented (copy = french);
alter text search configuration french_unaccented
    alter mapping for hword, hword_part, word with unaccent, french_stem;

-- Whoever serves must know whether the schema is the one it was built for, and may not read the owner's list.
create function applied_migrations() returns setof bigint
    language plpgsql stable security definer
    set search_path = public, pg_temp
as $$
begin
    return query execute 'select version from public._sqlx_migrations where success order by version';
end
$$;
revoke all on function applied_migrations() from public;
grant execute on function applied_migrations() to chartrier_service;
