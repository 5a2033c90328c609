-- Every copy read again on a schedule, what was found wrong with it, how it was mended; the canaries; copies on
-- their way from one site to another; objects that no row names.

-- Work that can wait: one lane of a worker does it, and never the lanes that take transfers in charge.
alter table technical.job add column background boolean not null default false;
drop index technical.job_due;
create index job_due on technical.job (tenant_id, background, run_at) where state <> 'set_aside';

-- The inventory that every copy must hold, by which the right one of two copies that disagree is told: fixed when the
-- archive is taken in charge. Whoever writes a new version of the object empties it first, and fixes the new one in the
-- transaction that says the version is there: while it is null, two copies that disagree are told and not mended.
alter table archive add column inventory_sha512 bytea;
alter table archive add constraint archive_inventory_length check (octet_length(inventory_sha512) = 64);

-- Oldest reading first, site by site.
create index copy_by_reading on copy (tenant_id, site, verified_at, archive_id);
-- A copy whose site was retired is destroyed, and its row goes with it.
grant delete on copy to chartrier_service;

-- Something wrong with one copy. It is closed by a reading that finds the copy right, and by nothing else.
create table incident (
    tenant_id     uuid not null default current_tenant(),
    incident_id   uuid not null,
    archive_id    uuid not null,
    site          text not null,
    state         text not null,
    occasion      text not null,
    faults        text[] not null default '{}',   -- the first of them, in words
    fault_count   integer not null,
    opened_at     timestamptz not null,
    tried_at      timestamptz,                    -- last attempt to mend it
    attempts      integer not null default 0,
    last_error    text,                           -- why the last attempt did not mend it
    withdrawn     boolean not null default false, -- the copy is no more: its site left the member's set
    repaired_at   timestamptz,
    repaired_from text,                           -- the site of the good copy; null: the copy was right when read again
    constraint incident_pkey primary key (tenant_id, incident_id),
    constraint incident_state_known check (state in
        ('open',            -- to be mended
         'no_good_copy',    -- no site that answers has a good copy; looked at again each day
         'repaired')),
    constraint incident_occasion_known check (occasion in
        ('sample', 'cycle', 'communication', 'migration', 'repair', 'command')),
    constraint incident_repaired_when check ((state = 'repaired') = (repaired_at is not null)),
    constraint incident_of_archive foreign key (tenant_id, archive_id) references archive (tenant_id, archive_id)
);
-- One open incident a copy, however often it is read.
create unique index incident_open_once on incident (tenant_id, archive_id, site) where state <> 'repaired';
create index incident_open_by_site on incident (tenant_id, site, opened_at, incident_id) where state <> 'repaired';
create index incident_by_opening on incident (tenant_id, opened_at desc, incident_id desc);
create index incident_by_archive on incident (tenant_id, archive_id, opened_at desc);
call guard_tenant_table('incident');
grant select, insert, update on incident to chartrier_service;

-- A site joining a member's set, or leaving it. How far it went is told by the rows of the copies themselves: whoever
-- takes it up again goes on from there.
create table media_migration (
    tenant_id          uuid not null default current_tenant(),
    media_migration_id uuid not null,
    site               text not null,
    state              text not null,
    asked_at           timestamptz not null,
    switched_at        timestamptz,               -- when deposits began to use the new set
    ended_at           timestamptz,
    archives           bigint not null default 0, -- copied, or destroyed
    size_bytes         bigint not null default 0,
    constraint media_migration_pkey primary key (tenant_id, media_migration_id),
    constraint media_migration_state_known check (state in
        ('copying',      -- the site joins: copies made there, each read again
         'verifying',    -- it leaves: two good copies elsewhere, archive after archive; nothing has changed yet
         'destroying',   -- deposits go elsewhere; each copy destroyed after a second reading of the others
         'done')),
    constraint media_migration_ended_when check ((state = 'done') = (ended_at is not null))
);
-- One at a time for a member.
create unique index media_migration_alone on media_migration (tenant_id) where state <> 'done';
call guard_tenant_table('media_migration');
grant select, insert, update on media_migration to chartrier_service;

-- The platform's own objects, on which damage is done to see it found, are archives of a tenant of its own: what
-- reads, finds and mends members' archives does the same to them.
alter table member drop constraint member_kind_known;
alter table member add constraint member_kind_known check (kind in
    ('departement', 'epci', 'commune', 'syndicat', 'ccas', 'cdg', 'sdis', 'autre', 'temoins'));

-- Damage done to a canary. Rows stay: they are how long wrong bytes have lived, for ever.
create table platform.canary_damage (
    damage_id  uuid not null,
    archive_id uuid not null,
    site       text not null,
    manner     text not null,
    asked_at   timestamptz not null,
    done_at    timestamptz,          -- when the bytes were wrong; null: the service stopped between the two
    found_at   timestamptz,          -- when the schedule said so
    mended_at  timestamptz,
    constraint canary_damage_pkey primary key (damage_id),
    constraint canary_damage_manner_known check (manner in
        ('altered',     -- a byte of a file
         'removed',     -- the whole copy
         'replaced'))   -- another object, whole in itself, in its place
);
create unique index canary_damage_alone on platform.canary_damage (archive_id) where mended_at is null;
create index canary_damage_by_date on platform.canary_damage (done_at desc);
grant select, insert, update on platform.canary_damage to chartrier_technical;

-- The reading of one tenant's copies on one site: where today's stands, and what is known of all of them. Numbers
-- of many members wanted together; no archive is named but by the place reached.
create table platform.site_check (
    tenant_id     uuid not null,
    site          text not null,
    day           date not null,            -- for which the rest was planned
    begins_at     timestamptz not null,     -- what was read since is not read again
    seed          bigint not null,          -- of the day's sample
    sample_below  bigint,                   -- copies whose number, drawn with the seed, is not above it; null: not drawn yet
    sample_after  uuid not null,            -- read up to this archive
    cycle_left    bigint,                   -- copies still to be read today, oldest reading first; null: not counted yet
    read          bigint not null default 0,
    faulty        bigint not null default 0,
    size_bytes    bigint not null default 0,
    sampled_at    timestamptz,              -- end of the last whole sample
    ended_at      timestamptz,              -- end of the last whole day's work
    copies        bigint not null default 0,
    fresh         bigint not null default 0,    -- read within the cycle
    oldest_at     timestamptz,              -- the oldest reading
    missing       bigint not null default 0,    -- archives without a copy on a site of their member's set
    incidents     bigint not null default 0,    -- open
    no_good_copy  bigint not null default 0,    -- of which wrong everywhere
    orphans       bigint not null default 0,
    listed_at     timestamptz,              -- when the site was last compared with the rows
    constraint site_check_pkey primary key (tenant_id, site)
);
grant select, insert, update, delete on platform.site_check to chartrier_technical;

-- A site that was away when the schedule wanted to read it: one alert a site.
create table platform.site_absence (
    site     text not null,
    since    timestamptz not null,
    seen_at  timestamptz not null,
    reason   text not null,
    ended_at timestamptz,
    constraint site_absence_pkey primary key (site, since)
);
create unique index site_absence_alone on platform.site_absence (site) where ended_at is null;
grant select, insert, update on platform.site_absence to chartrier_technical;

-- An object of a tenant's on a site that neither an archive, an accession nor a transfer names.
create table platform.orphan (
    tenant_id  uuid not null,
    site       text not null,
    archive_id uuid not null,
    found_at   timestamptz not null,
    seen_at    timestamptz not null,
    constraint orphan_pkey primary key (tenant_id, site, archive_id)
);
grant select, insert, update, delete on platform.orphan to chartrier_technical;

-- Media migrations as they stand, for those who look at every member.
create table platform.media_migration (
    tenant_id          uuid not null,
    media_migration_id uuid not null,
    site               text not null,
    state              text not null,
    archives           bigint not null,
    archives_left      bigint not null,
    size_bytes         bigint not null,
    asked_at           timestamptz not null,
    seen_at            timestamptz not null,
    last_error         text,                      -- why it does not go on
    constraint media_migration_pkey primary key (tenant_id, media_migration_id)
);
grant select, insert, update on platform.media_migration to chartrier_technical;
