-- The format of every object, as PRONOM names it; the signature files by which it is told; what agreements and members
-- think of it.

-- Null: not looked at yet, or taken in charge before formats were named. The accession record has the first answer and keeps
-- it; the row has the last one.
alter table binary_object add column puid text;                -- null: not known
alter table binary_object add column format_name text;
alter table binary_object add column format_version text;
alter table binary_object add column format_mime text;
alter table binary_object add column format_basis text;        -- what the answer rests on
alter table binary_object add column format_signatures text;   -- version of the signatures that gave it
alter table binary_object add constraint binary_object_format_basis_known
    check (format_basis in ('container', 'signature', 'extension', 'none'));
grant update (puid, format_name, format_version, format_mime, format_basis, format_signatures)
    on binary_object to chartrier_service;
-- Counts and bytes of each format, without reading the table.
create index binary_object_by_format on binary_object (tenant_id, puid) include (size_bytes, format_basis, format_signatures);

-- Signature files of PRONOM as they were imported, of no member: the last one is in force. Nothing rewrites one.
create table platform.format_signatures (
    signatures_id     uuid primary key,
    version           text not null,           -- of both files, as they say it
    signatures        bytea not null,
    signatures_sha512 bytea not null,
    containers        bytea,
    containers_sha512 bytea,
    format_count      integer not null,
    left_out          integer not null,        -- signatures that could not be understood
    imported_at       timestamptz not null,
    imported_by       uuid references platform.person (person_id),   -- null: by the command line
    constraint format_signatures_bounded check (octet_length(signatures) between 1 and 33554432
        and octet_length(containers) between 1 and 33554432),
    constraint format_signatures_digests check (octet_length(signatures_sha512) = 64
        and (containers is null) = (containers_sha512 is null) and octet_length(containers_sha512) = 64)
);
create index format_signatures_by_import on platform.format_signatures (imported_at desc, signatures_id desc);
-- Workers and doors load it before any tenant is known.
grant select, insert on platform.format_signatures to chartrier_technical;

-- Naming a member's objects again: one run at a time, taken up where it stopped.
create table format_run (
    tenant_id  uuid not null default current_tenant(),
    run_id     uuid not null,
    signatures text not null,                  -- version at the beginning
    started_at timestamptz not null,
    started_by text not null,                  -- as the journal writes agents
    after      uuid not null,                  -- the last object looked at, in their order
    looked_at  bigint not null default 0,
    changed    bigint not null default 0,
    unreadable bigint not null default 0,
    ended_at   timestamptz,
    constraint format_run_pkey primary key (tenant_id, run_id),
    constraint format_run_of_member foreign key (tenant_id) references member (tenant_id)
);
create unique index format_run_one_at_a_time on format_run (tenant_id) where ended_at is null;
call guard_tenant_table('format_run');
grant select, insert, update on format_run to chartrier_service;

-- What a member thinks of a format; what is not here has the starter's risk, or none.
create table format_risk (
    tenant_id uuid not null default current_tenant(),
    puid      text not null,
    risk      text not null,
    set_at    timestamptz not null,
    set_by    uuid not null,
    constraint format_risk_pkey primary key (tenant_id, puid),
    constraint format_risk_known check (risk in ('safe', 'watch', 'convert')),
    constraint format_risk_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('format_risk');
grant select, insert, update on format_risk to chartrier_service;

-- Formats that an agreement accepts (PUIDs, or the beginning of some: fmt/*), none for all; and what becomes of a transfer with
-- a file that nothing names, or that is not of the format declared.
alter table agreement add column formats text[] not null default '{}';
alter table agreement add column format_unknown text not null default 'warn';
alter table agreement add column format_differs text not null default 'warn';
alter table agreement add constraint agreement_format_unknown_known check (format_unknown in ('warn', 'refuse'));
alter table agreement add constraint agreement_format_differs_known check (format_differs in ('warn', 'refuse'));
