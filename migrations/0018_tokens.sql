-- Time stamps (RFC 3161) over the signed heads: the platform's each day, a member's own when settings ask for it. A token is
-- never changed; another is added before the certificate of the last one ends, over the head and all the tokens before it.
create table platform.token (
    tenant_id        uuid not null,      -- whose log's seal; the platform's own: that of its canaries
    number           bigint not null,    -- of the seal
    ordinal          smallint not null,  -- from 1; those after it renew it
    authority        text not null,      -- as settings name it
    is_demonstration boolean not null,   -- it proves nothing
    algorithm        text not null,      -- of the imprint: sha256, sha512
    token            bytea not null,     -- DER
    stamped_at       timestamptz not null,   -- as the token tells
    signer           text not null,      -- common name of the certificate that signed
    certificate_ends timestamptz not null,
    published        text[] not null default '{}',   -- sites that have it
    constraint token_pkey primary key (tenant_id, number, ordinal),
    constraint token_ordinal_positive check (ordinal > 0)
);
grant select, insert, update (published) on platform.token to chartrier_technical;
create index token_by_end on platform.token (certificate_ends);

-- Heads that wait for their stamp, and since when the authorities have given none.
create table platform.stamping (
    waiting_since timestamptz,           -- of the oldest head without a token; null: none waits
    reason        text,                  -- why the last attempt gave none
    tried_at      timestamptz,
    alone         boolean not null default true,
    constraint stamping_pkey primary key (alone),
    constraint stamping_alone check (alone)
);
insert into platform.stamping default values;
grant select, update on platform.stamping to chartrier_technical;
