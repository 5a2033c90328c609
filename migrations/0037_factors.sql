-- The second factor of a person (TOTP, RFC 6238), the codes that stand in for a lost telephone, and the links by which a person
-- sets a password.

-- Encrypted (AES-256-GCM): whoever reads the database has no second factor by it.
alter table platform.person add column totp_sealed bytea;
alter table platform.person add column totp_since timestamptz;
-- The last step accepted: a code serves once.
alter table platform.person add column totp_step bigint not null default 0;
grant update (totp_sealed, totp_since, totp_step, password_hash) on platform.person to chartrier_service;
grant select (totp_since) on platform.person to chartrier_service;
grant update (totp_step) on platform.person to chartrier_technical;

create table platform.recovery_code (
    person_id uuid not null,
    code_hash bytea not null,   -- SHA-256 of 80 random bits
    used_at   timestamptz,
    constraint recovery_code_pkey primary key (person_id, code_hash),
    constraint recovery_code_of_person foreign key (person_id) references platform.person (person_id)
);
grant select, insert, delete, update (used_at) on platform.recovery_code to chartrier_service;
grant select, delete on platform.recovery_code to chartrier_technical;

-- When the second factor was shown in this session, and the secret of an enrolment begun in it (encrypted).
alter table technical.session add column factor_at timestamptz;
alter table technical.session add column totp_pending bytea;
-- How it was opened: 'password' or the name of an identity provider.
alter table technical.session add column opened_by text not null default 'password';

-- A link by which a person sets their password, once, for a while; it opens nothing else.
create table platform.password_link (
    link_hash  bytea not null,          -- SHA-256 of 256 random bits
    person_id  uuid not null,
    made_at    timestamptz not null,
    expires_at timestamptz not null,
    constraint password_link_pkey primary key (link_hash),
    constraint password_link_of_person foreign key (person_id) references platform.person (person_id)
);
create index password_link_by_person on platform.password_link (person_id);
grant select, insert, delete on platform.password_link to chartrier_service;
grant select, delete on platform.password_link to chartrier_technical;
grant update (totp_sealed, totp_since) on platform.person to chartrier_technical;

-- Whom an identity provider knows as whom.
create table platform.federated_identity (
    issuer    text not null,
    subject   text not null,
    person_id uuid not null,
    linked_at timestamptz not null,
    constraint federated_identity_pkey primary key (issuer, subject),
    constraint federated_identity_of_person foreign key (person_id) references platform.person (person_id)
);
create index federated_identity_by_person on platform.federated_identity (person_id);
grant select, insert, delete on platform.federated_identity to chartrier_service;
grant select, delete on platform.federated_identity to chartrier_technical;
