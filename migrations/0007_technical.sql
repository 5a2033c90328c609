-- What changes without being an archive event: sessions, tokens, failed log-ins, jobs.

create table technical.session (
    session_hash bytea not null,         -- SHA-256 of the cookie's value
    person_id    uuid not null references platform.person (person_id),
    tenant_id    uuid,                   -- the member chosen at log-in
    csrf_token   text not null,
    created_at   timestamptz not null,
    seen_at      timestamptz not null,
    expires_at   timestamptz not null,
    constraint session_pkey primary key (session_hash)
);
grant select, insert, update, delete on technical.session to chartrier_technical;

create table technical.access_token (
    token_hash bytea not null,           -- SHA-256 of the bearer token
    tenant_id  uuid not null,
    machine_id uuid not null,
    expires_at timestamptz not null,
    constraint access_token_pkey primary key (token_hash)
);
grant select, insert, delete on technical.access_token to chartrier_technical;

-- Failures are counted by login *and* network address: whoever guesses at a colleague's password locks
-- out only their own address.
create table technical.login_failure (
    login        text not null,
    address      text not null,
    failures     integer not null,
    last_at      timestamptz not null,
    locked_until timestamptz,
    constraint login_failure_pkey primary key (login, address)
);
grant select, insert, update, delete on technical.login_failure to chartrier_technical;

create table technical.job (
    job_id       bigint generated always as identity,
    tenant_id    uuid not null default current_tenant(),
    kind         text not null,
    subject      uuid not null,
    state        text not null default 'ready',
    run_at       timestamptz not null,
    attempts     integer not null default 0,
    deaths       integer not null default 0,  -- claims in a row whose worker never gave the job back
    locked_until timestamptz,            -- a running job whose time is past may be claimed again
    fence        bigint not null default 0,   -- grows with every claim: a late worker finishes nothing
    last_error   text,
    created_at   timestamptz not null,
    constraint job_pkey primary key (job_id),
    constraint job_state_known check (state in ('ready', 'running', 'set_aside'))
);
-- A subject has one job of a kind at a time.
create unique index job_once on technical.job (tenant_id, kind, subject);
create index job_due on technical.job (tenant_id, run_at) where state <> 'set_aside';
create index job_by_tenant on technical.job (tenant_id) where state = 'running';
alter table technical.job enable row level security;
alter table technical.job force row level security;
create policy tenant_enqueues on technical.job for insert to chartrier_service
    with check (tenant_id = current_tenant());
-- `on conflict do nothing` must see the row it would repeat.
create policy tenant_sees on technical.job for select to chartrier_service using (tenant_id = current_tenant());
create policy technical_works on technical.job to chartrier_technical using (true) with check (true);
create policy owner_migrates on technical.job to chartrier_owner using (true) with check (true);
grant select, insert on technical.job to chartrier_service;
grant select, insert, update, delete on technical.job to chartrier_technical;
