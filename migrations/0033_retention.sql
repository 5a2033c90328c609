-- Retention schedules (tableaux de gestion): the base table is in the program; a département's, for the members whose archives
-- it controls, and a member's own are here. No rule is rewritten: another version of it is.

create table platform.retention_rule (
    department   text not null,          -- code of the ressort
    code         text not null,
    version      integer not null check (version > 0),
    typology     text not null,
    utility      text not null,          -- a duration, ILLIMITEE, or nothing known
    starts       text not null,
    fate         text not null check (fate in ('C', 'D', 'T')),
    access       text,
    reference    text not null,
    valid_from   date,
    valid_until  date,
    is_validated boolean not null,
    imported_at  timestamptz not null,
    file_sha256  bytea not null check (octet_length(file_sha256) = 32),
    constraint retention_rule_pkey primary key (department, code, version)
);
grant select, insert on platform.retention_rule to chartrier_technical;
grant select on platform.retention_rule to chartrier_service;

create table retention_rule (
    tenant_id    uuid not null default current_tenant(),
    code         text not null,
    version      integer not null check (version > 0),
    typology     text not null,
    utility      text not null,
    starts       text not null,
    fate         text not null check (fate in ('C', 'D', 'T')),
    access       text,
    reference    text not null,
    valid_from   date,
    valid_until  date,
    is_validated boolean not null,
    imported_at  timestamptz not null,
    imported_by  uuid,                   -- null: by the command line
    file_sha256  bytea not null check (octet_length(file_sha256) = 32),
    validated_at timestamptz,
    validated_by uuid,
    constraint retention_rule_pkey primary key (tenant_id, code, version),
    constraint retention_rule_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('retention_rule');
grant select, insert, update (is_validated, validated_at, validated_by) on retention_rule to chartrier_service;

-- What an agreement asks that needs no index: age, typology, digests, signatures, codes of replies, who is told.
alter table agreement add column conditions jsonb not null default '{}';

-- Every version of an agreement's terms: a transfer shows the one it came under. Nothing rewrites one.
create table agreement_version (
    tenant_id    uuid not null default current_tenant(),
    agreement_id uuid not null,
    version      integer not null check (version > 0),
    digest       text not null,          -- as entries of the journal name it
    terms        jsonb not null,
    since        timestamptz not null,
    constraint agreement_version_pkey primary key (tenant_id, agreement_id, version),
    constraint agreement_version_of_agreement foreign key (tenant_id, agreement_id)
        references agreement (tenant_id, agreement_id)
);
call guard_tenant_table('agreement_version');
grant select, insert on agreement_version to chartrier_service;

-- The terms that a transfer was judged under.
alter table transfer add column agreement_terms text;
