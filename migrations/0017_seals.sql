-- Seals (norms E-05): each day the state of a member's journal, as the head of a Merkle tree (RFC 6962) over its entries,
-- signed; and one tree over the members' heads for the platform, which a time-stamping authority dates. What is sealed is
-- never changed: no update nor delete is granted.

-- Hashes of the full tiles of a journal's tree: level 0 holds 256 entries, each level 256 of the one below. Made again from
-- the journal at need; what lies under them is `event.hash`.
create table log_tile (
    tenant_id uuid not null default current_tenant(),
    level     smallint not null,
    index     bigint not null,
    root      bytea not null,
    constraint log_tile_pkey primary key (tenant_id, level, index),
    constraint log_tile_root_length check (octet_length(root) = 32),
    constraint log_tile_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('log_tile');
grant select, insert on log_tile to chartrier_service;

create table seal (
    tenant_id uuid not null default current_tenant(),
    number    bigint not null,        -- from 1, without gap
    day       date not null,          -- UTC
    size      bigint not null,        -- entries sealed
    record    text not null,          -- canonical JSON; its SHA-256 stands in the note
    note      text not null,          -- the checkpoint, signed
    constraint seal_pkey primary key (tenant_id, number),
    constraint seal_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('seal');
grant select, insert on seal to chartrier_service;
create index seal_by_day on seal (tenant_id, day, number);

-- The platform's log: one leaf for each seal of a member, in the order they were gathered.
create table platform.seal_leaf (
    position  bigint not null,        -- from 0, without gap
    tenant_id uuid not null,
    number    bigint not null,        -- of the member's seal
    data      bytea not null,         -- SHA-256 of the checkpoint that the member's note signs
    constraint seal_leaf_pkey primary key (position),
    constraint seal_leaf_once unique (tenant_id, number),
    constraint seal_leaf_data_length check (octet_length(data) = 32)
);
grant select, insert on platform.seal_leaf to chartrier_technical;

create table platform.log_tile (
    level smallint not null,
    index bigint not null,
    root  bytea not null,
    constraint log_tile_pkey primary key (level, index),
    constraint log_tile_root_length check (octet_length(root) = 32)
);
grant select, insert on platform.log_tile to chartrier_technical;

create table platform.seal (
    number bigint not null,
    day    date not null,
    at     timestamptz not null,
    size   bigint not null,           -- leaves sealed
    record text not null,
    note   text not null,
    constraint seal_pkey primary key (number)
);
grant select, insert on platform.seal to chartrier_technical;
create index seal_by_day on platform.seal (day, number);

-- How the sealing of each log stands, for the operator: the last seal, and why there is none since.
create table platform.seal_state (
    tenant_id     uuid not null,      -- the platform's own: that of its canaries
    number        bigint not null,    -- 0: none yet
    sealed_at     timestamptz,
    trouble       text,               -- in French; null: none
    trouble_since timestamptz,
    constraint seal_state_pkey primary key (tenant_id),
    constraint seal_state_trouble_dated check ((trouble is null) = (trouble_since is null))
);
grant select, insert, update on platform.seal_state to chartrier_technical;

-- How far the seals of each log are published on each site.
create table platform.seal_copy (
    tenant_id    uuid not null,
    site         text not null,
    number       bigint not null,
    published_at timestamptz not null,
    constraint seal_copy_pkey primary key (tenant_id, site)
);
grant select, insert, update, delete on platform.seal_copy to chartrier_technical;
