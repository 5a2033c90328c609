-- The tenant's append-only journal. An entry is canonical JSON (RFC 8785) chained to the one before;
-- the columns beside it repeat what must be searched. No update nor delete is granted to anyone.

create table journal_head (
    tenant_id uuid not null default current_tenant(),
    seq       bigint not null,
    hash      bytea not null,   -- SHA-256 of the entry numbered seq; 32 zero bytes before the first
    at        timestamptz not null,   -- when the entry numbered seq was written; none is dated earlier
    constraint journal_head_pkey primary key (tenant_id),
    constraint journal_head_hash_length check (octet_length(hash) = 32),
    constraint journal_head_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('journal_head');
grant select, insert, update on journal_head to chartrier_service;

create table event (
    tenant_id  uuid not null default current_tenant(),
    seq        bigint not null,
    at         timestamptz not null,
    event_type text not null,    -- norms E-02
    outcome    text not null,
    object     text not null,    -- what it is about: 'transfer:<uuid>', 'archive:<uuid>', 'member:<code>'…
    entry      text not null,    -- the canonical JSON, exactly as hashed
    hash       bytea not null,
    constraint event_pkey primary key (tenant_id, seq),
    constraint event_outcome_known check (outcome in ('OK', 'KO')),
    constraint event_hash_length check (octet_length(hash) = 32)
);
call guard_tenant_table('event');
grant select, insert on event to chartrier_service;
create index event_by_object on event (tenant_id, object, seq);
-- Whether a file was consulted within the last quarter of an hour is asked at each range of it.
create index event_consultations on event (tenant_id, object, at) where event_type = 'CONSULTATION';
