-- Members (collectivités adhérentes), the people and machines who act for them.

-- One row a tenant. The code names the folder under tenants/ and never changes.
create table member (
    tenant_id   uuid not null default current_tenant(),
    code        text not null,
    name        text not null,
    kind        text not null,
    siren       text not null,
    department  text not null,   -- code of the ressort: '33'
    created_at  timestamptz not null,
    constraint member_pkey primary key (tenant_id),
    constraint member_code_unique unique (code),
    constraint member_kind_known check (kind in
        ('departement', 'epci', 'commune', 'syndicat', 'ccas', 'cdg', 'sdis', 'autre'))
);
call guard_tenant_table('member');
grant select, insert, update on member to chartrier_service;
-- The background worker and the log-in, which come before any tenant is chosen, must know who exists.
create policy technical_lists on member for select to chartrier_technical using (true);
grant select on member to chartrier_technical;

-- Bytes promised to the member, and bytes held: seal reserves here, under the row's lock.
create table quota (
    tenant_id     uuid not null default current_tenant(),
    bytes_max     bigint not null check (bytes_max >= 0),
    bytes_held    bigint not null default 0 check (bytes_held >= 0),
    archives_held bigint not null default 0 check (archives_held >= 0),
    constraint quota_pkey primary key (tenant_id),
    constraint quota_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('quota');
grant select, insert, update on quota to chartrier_service;

-- People stand outside the tenants: one person may serve several members.
create table platform.person (
    person_id     uuid not null,
    login         text not null,
    display_name  text not null,
    password_hash text not null,   -- Argon2id, PHC string
    created_at    timestamptz not null,
    disabled_at   timestamptz,
    constraint person_pkey primary key (person_id),
    constraint person_login_unique unique (login),
    constraint person_login_folded check (login = lower(login))
);
-- The service makes accounts and never reads a password back: only the log-in does.
grant select (person_id, login, display_name, created_at, disabled_at), insert,
      update (display_name, disabled_at) on platform.person to chartrier_service;
grant select on platform.person to chartrier_technical;
grant update (password_hash) on platform.person to chartrier_technical;

-- What a person may do in a member: norms §8.
create table assignment (
    tenant_id uuid not null default current_tenant(),
    person_id uuid not null,
    role      text not null,
    constraint assignment_pkey primary key (tenant_id, person_id, role),
    constraint assignment_of_member foreign key (tenant_id) references member (tenant_id),
    constraint assignment_of_person foreign key (person_id) references platform.person (person_id),
    constraint assignment_role_known check (role in
        ('operator', 'archivist', 'control_authority', 'member_admin', 'depositor', 'producer', 'reader'))
);
call guard_tenant_table('assignment');
grant select, insert, delete on assignment to chartrier_service;
create policy technical_lists on assignment for select to chartrier_technical using (true);
grant select on assignment to chartrier_technical;

-- A machine (application cliente) deposits for one member under named agreements.
create table machine (
    tenant_id   uuid not null default current_tenant(),
    machine_id  uuid not null,
    client_id   text not null,
    name        text not null,
    secret_hash text not null,   -- Argon2id, PHC string
    created_at  timestamptz not null,
    disabled_at timestamptz,
    constraint machine_pkey primary key (tenant_id, machine_id),
    constraint machine_client_unique unique (client_id),
    constraint machine_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('machine');
grant select, insert, update on machine to chartrier_service;
create policy technical_lists on machine for select to chartrier_technical using (true);
grant select on machine to chartrier_technical;
