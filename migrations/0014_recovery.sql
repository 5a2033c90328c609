-- What brings the service back after a disaster: archives that say everything the registers need, rebuilds of the
-- catalogue from one site, copies of the journals beside the archives, rehearsals.

-- The register's line of the transfer (metadata/transfer.json), fixed by seal like the reply. Null: sealed before archives
-- had it; such an archive has no acknowledgement among its files either, however late it is written.
alter table accession add column transfer_record text;

-- A rebuild of the member's catalogue from the objects of one site. One that was cut goes on when started again.
create table rebuild (
    tenant_id    uuid not null default current_tenant(),
    rebuild_id   uuid not null,
    site         text not null,
    begun_at     timestamptz not null,
    object_count bigint not null,   -- found on the site when it began
    digest       bytea not null,    -- SHA-256 over their identifiers and inventories, in order
    ended_at     timestamptz,
    constraint rebuild_pkey primary key (tenant_id, rebuild_id),
    constraint rebuild_digest_length check (octet_length(digest) = 32),
    constraint rebuild_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('rebuild');
grant select, insert, update on rebuild to chartrier_service;

-- Objects that a rebuild found and did not enter: nothing says that they were taken in charge, they are damaged, or another
-- archive has their place. An
-- object that is entered later, from another site, leaves the list.
create table left_out (
    tenant_id  uuid not null default current_tenant(),
    archive_id uuid not null,
    site       text not null,
    reason     text not null,
    detail     text not null,      -- in French, for the operator: no title, no content
    cote       text,               -- when the accession record could be read
    seen_at    timestamptz not null,
    constraint left_out_pkey primary key (tenant_id, archive_id),
    constraint left_out_reason_known check (reason in ('unconfirmed', 'faulty', 'conflict'))
);
call guard_tenant_table('left_out');
grant select, insert, update, delete on left_out to chartrier_service;

-- Identifiers that people and machines had before a rebuild, by login and client identifier: an account made again by the
-- member's file takes its former one, so that what the archives and the journal say of it stays true.
create table former_account (
    tenant_id  uuid not null default current_tenant(),
    kind       text not null,
    name       text not null,
    account_id uuid not null,
    constraint former_account_pkey primary key (tenant_id, kind, name),
    constraint former_account_kind_known check (kind in ('person', 'machine'))
);
call guard_tenant_table('former_account');
grant select, insert, update on former_account to chartrier_service;

-- How far each site's copy of a member's journal goes, and since when it lags behind the journal.
create table technical.journal_copy (
    tenant_id    uuid not null,
    site         text not null,
    seq          bigint not null,
    copied_at    timestamptz,      -- null: never
    behind_since timestamptz,      -- null: it goes as far as the journal did when that was last looked at
    constraint journal_copy_pkey primary key (tenant_id, site)
);
grant select, insert, update, delete on technical.journal_copy to chartrier_technical;

-- Rehearsals: one member rebuilt from one site into an instance that is thrown away, and compared.
create table technical.rehearsal (
    rehearsal_id  bigint generated always as identity,
    tenant_id     uuid not null,
    site          text not null,
    began_at      timestamptz not null,
    took_ms       bigint not null,
    archive_count bigint not null,
    size_bytes    bigint not null,
    differences   text[] not null,   -- in French; none: the two are the same
    constraint rehearsal_pkey primary key (rehearsal_id)
);
grant select, insert on technical.rehearsal to chartrier_technical;

-- Backups of the database that this program took and read again.
create table technical.backup (
    backup_id  bigint generated always as identity,
    began_at   timestamptz not null,
    ended_at   timestamptz not null,
    kind       text not null,
    path       text not null,
    size_bytes bigint not null,
    constraint backup_pkey primary key (backup_id),
    constraint backup_kind_known check (kind in ('base', 'dump'))
);
grant select, insert on technical.backup to chartrier_technical;
