-- Machines that authenticate as they can (secret, signed assertion, certificate), rotate what they hold with an overlap, and may be
-- connectors of one tiers de télétransmission, declared once for every member it serves.

-- The secret before this one, which serves until then: nothing stops while it is changed.
alter table machine add column former_secret_hash text;
alter table machine add column former_until timestamptz;
alter table machine add column rotated_at timestamptz;
-- Public keys (RFC 7517) of whoever signs assertions (RFC 7523); null: none.
alter table machine add column jwks jsonb;
-- SHA-256 of the certificates (DER) by which it may be known (RFC 8705, 2.2), in hexadecimal.
alter table machine add column certificates text[] not null default '{}';
alter table machine add column tiers text;
create index machine_by_tiers on machine (tiers) where tiers is not null;

-- When and by what each was last used, to a few minutes.
create table technical.machine_use (
    tenant_id  uuid not null,
    machine_id uuid not null,
    used_at    timestamptz not null,
    used_by    text not null,
    constraint machine_use_pkey primary key (tenant_id, machine_id)
);
alter table technical.machine_use enable row level security;
alter table technical.machine_use force row level security;
create policy tenant_sees on technical.machine_use for select to chartrier_service using (tenant_id = current_tenant());
create policy technical_notes on technical.machine_use to chartrier_technical using (true) with check (true);
create policy owner_migrates on technical.machine_use to chartrier_owner using (true) with check (true);
grant select on technical.machine_use to chartrier_service;
grant select, insert, update on technical.machine_use to chartrier_technical;

-- A tiers de télétransmission.
create table platform.tiers (
    code        text not null,
    name        text not null,
    contact     text not null default '',
    declared_at timestamptz not null,
    constraint tiers_pkey primary key (code)
);
grant select, insert, update on platform.tiers to chartrier_technical;

-- A token given over a certificate serves with that certificate only (RFC 8705, 3).
alter table technical.access_token add column certificate text;

-- Assertions seen: each serves once (RFC 7523, 3, item 7).
create table technical.assertion (
    client_id  text not null,
    jti        text not null,
    expires_at timestamptz not null,
    constraint assertion_pkey primary key (client_id, jti)
);
create index assertion_by_end on technical.assertion (expires_at);
grant select, insert, delete on technical.assertion to chartrier_technical;
