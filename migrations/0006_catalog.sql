-- Archives taken in charge: their units, objects, copies, and the text by which they are found.

create table archive (
    tenant_id           uuid not null default current_tenant(),
    archive_id          uuid not null,
    transfer_id         uuid not null,
    cote                text not null,
    title               text not null,
    agreement_id        uuid not null,
    transferring_agency text not null,
    originating_agency  text,
    size_bytes          bigint not null,
    unit_count          integer not null,
    object_count        integer not null,
    taken_in_charge_at  timestamptz not null,
    constraint archive_pkey primary key (tenant_id, archive_id),
    constraint archive_cote_unique unique (tenant_id, cote),
    constraint archive_transfer_unique unique (tenant_id, transfer_id),
    constraint archive_of_transfer foreign key (tenant_id, transfer_id) references transfer (tenant_id, transfer_id),
    constraint archive_under_agreement foreign key (tenant_id, agreement_id)
        references agreement (tenant_id, agreement_id)
);
create index archive_by_taking_in_charge on archive (tenant_id, taken_in_charge_at desc, archive_id desc);
call guard_tenant_table('archive');
grant select, insert, update on archive to chartrier_service;

create table copy (
    tenant_id   uuid not null default current_tenant(),
    archive_id  uuid not null,
    site        text not null,
    location    text not null,          -- folder or key of the OCFL object, under the site
    verified_at timestamptz not null,   -- last reading past the cache that found every digest right
    constraint copy_pkey primary key (tenant_id, archive_id, site),
    constraint copy_of_archive foreign key (tenant_id, archive_id) references archive (tenant_id, archive_id)
);
call guard_tenant_table('copy');
grant select, insert, update on copy to chartrier_service;

create table unit (
    tenant_id         uuid not null default current_tenant(),
    unit_id           uuid not null,
    archive_id        uuid not null,
    ordinal           integer not null,   -- order in the manifest, from 0
    seda_id           text not null,
    root              boolean not null,
    description_level text,
    title             text not null,
    start_date        text,               -- lexical form
    end_date          text,
    content           jsonb not null,     -- the rest of the description, as model::Content
    constraint unit_pkey primary key (tenant_id, unit_id),
    constraint unit_ordinal_unique unique (tenant_id, archive_id, ordinal),
    constraint unit_of_archive foreign key (tenant_id, archive_id) references archive (tenant_id, archive_id)
);
call guard_tenant_table('unit');
grant select, insert on unit to chartrier_service;

-- The graph: a unit may have several parents.
create table unit_link (
    tenant_id uuid not null default current_tenant(),
    parent_id uuid not null,
    child_id  uuid not null,
    constraint unit_link_pkey primary key (tenant_id, parent_id, child_id),
    constraint unit_link_parent foreign key (tenant_id, parent_id) references unit (tenant_id, unit_id),
    constraint unit_link_child foreign key (tenant_id, child_id) references unit (tenant_id, unit_id)
);
create index unit_link_by_child on unit_link (tenant_id, child_id);
call guard_tenant_table('unit_link');
grant select, insert on unit_link to chartrier_service;

create table binary_object (
    tenant_id    uuid not null default current_tenant(),
    object_id    uuid not null,
    archive_id   uuid not null,
    seda_id      text not null,
    usage        text,               -- DataObjectVersion
    file_name    text not null,
    content_path text not null,      -- in the OCFL object: 'v1/content/…'
    size_bytes   bigint not null,
    sha512       bytea not null,
    media_type   text not null,      -- as found in the bytes
    format_id    text,               -- PUID as declared
    constraint binary_object_pkey primary key (tenant_id, object_id),
    constraint binary_object_seda_id_unique unique (tenant_id, archive_id, seda_id),
    constraint binary_object_of_archive foreign key (tenant_id, archive_id) references archive (tenant_id, archive_id)
);
call guard_tenant_table('binary_object');
grant select, insert on binary_object to chartrier_service;

create table unit_object (
    tenant_id uuid not null default current_tenant(),
    unit_id   uuid not null,
    object_id uuid not null,
    constraint unit_object_pkey primary key (tenant_id, unit_id, object_id),
    constraint unit_object_unit foreign key (tenant_id, unit_id) references unit (tenant_id, unit_id),
    constraint unit_object_object foreign key (tenant_id, object_id) references binary_object (tenant_id, object_id)
);
create index unit_object_by_object on unit_object (tenant_id, object_id);
call guard_tenant_table('unit_object');
grant select, insert on unit_object to chartrier_service;

-- Under row security PostgreSQL does not use a GIN index (@@ is not leakproof): 340 ms instead of 3
-- over a million units. So the text stands in a table that the service may fill and not read; one
-- function, filtered by the current tenant, gives identifiers back, and those are read under the policies.
create table unit_search (
    tenant_id uuid not null default current_tenant(),
    unit_id   uuid not null,
    sorted_at timestamptz not null,   -- the archive's taking in charge: the default order, newest first
    text      tsvector not null,
    constraint unit_search_pkey primary key (tenant_id, unit_id),
    constraint unit_search_unit foreign key (tenant_id, unit_id) references unit (tenant_id, unit_id)
);
call guard_tenant_table('unit_search');
grant insert on unit_search to chartrier_service;
create index unit_search_text on unit_search using gin (tenant_id, text);

-- Units whose text holds every word of the question, newest first; at most `most` of them after the
-- one named by (before_at, before_id), nulls to begin.
create function search_units(question text, before_at timestamptz, before_id uuid, most integer)
    returns table (unit_id uuid, sorted_at timestamptz)
    language sql stable security definer
    set search_path = public, pg_temp
begin atomic
    select s.unit_id, s.sorted_at
    from unit_search s
    where s.tenant_id = current_tenant()
      and s.text @@ websearch_to_tsquery('french_unaccented', question)
      and (before_at is null or (s.sorted_at, s.unit_id) < (before_at, before_id))
    order by s.sorted_at desc, s.unit_id desc
    limit least(most, 1001);
end;
revoke all on function search_units(text, timestamptz, uuid, integer) from public;
grant execute on function search_units(text, timestamptz, uuid, integer) to chartrier_service;
