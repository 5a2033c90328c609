-- Archive profiles (profils d'archivage): the form a transfer of one kind must take, as a RELAX NG grammar that
-- was compiled when it was imported. Agreements say which ones their transfers may, or must, declare.

create table profile (
    tenant_id  uuid not null default current_tenant(),
    profile_id uuid not null,
    identifier text not null,               -- SEDA ArchivalProfile, as manifests declare it
    name       text not null,
    notice     text not null default '',    -- what it is for, in the member's words
    state      text not null,
    version    integer not null,            -- the one in force
    constraint profile_pkey primary key (tenant_id, profile_id),
    constraint profile_identifier_unique unique (tenant_id, identifier),
    constraint profile_state_known check (state in ('active', 'inactive')),
    constraint profile_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('profile');
grant select, insert, update on profile to chartrier_service;

-- Every version ever in force stays: a transfer shows the one it came under. Nothing rewrites one.
create table profile_version (
    tenant_id    uuid not null default current_tenant(),
    profile_id   uuid not null,
    version      integer not null,
    file_name    text not null,
    rng          bytea not null,
    size_bytes   integer not null,
    sha512       bytea not null,
    seda_version text,                      -- null: the grammar speaks of no version of the standard
    imported_at  timestamptz not null,
    imported_by  uuid,                      -- null: by the member's file
    constraint profile_version_pkey primary key (tenant_id, profile_id, version),
    constraint profile_version_from_one check (version > 0),
    constraint profile_version_bounded check (octet_length(rng) between 1 and 2097152),
    constraint profile_version_digest_length check (octet_length(sha512) = 64),
    constraint profile_version_of_profile foreign key (tenant_id, profile_id)
        references profile (tenant_id, profile_id)
);
call guard_tenant_table('profile_version');
grant select, insert on profile_version to chartrier_service;

-- A profile and its first version are made in one transaction, the profile first.
alter table profile add constraint profile_version_in_force foreign key (tenant_id, profile_id, version)
    references profile_version (tenant_id, profile_id, version) deferrable initially deferred;

-- The profiles that transfers under an agreement may declare.
create table agreement_profile (
    tenant_id    uuid not null default current_tenant(),
    agreement_id uuid not null,
    profile_id   uuid not null,
    constraint agreement_profile_pkey primary key (tenant_id, agreement_id, profile_id),
    constraint agreement_profile_agreement foreign key (tenant_id, agreement_id)
        references agreement (tenant_id, agreement_id),
    constraint agreement_profile_profile foreign key (tenant_id, profile_id)
        references profile (tenant_id, profile_id)
);
call guard_tenant_table('agreement_profile');
grant select, insert, delete on agreement_profile to chartrier_service;
create index agreement_profile_by_profile on agreement_profile (tenant_id, profile_id);

-- Whether they must declare one of them.
alter table agreement add column profile_imposed boolean not null default false;

-- What the manifest declares, and the version it was checked against.
alter table transfer add column archival_profile text;
alter table transfer add column profile_version integer;
