-- Attestations: what the service declares of a transfer or an archive, numbered, provable to whoever does not trust it.

create table attestation (
    tenant_id      uuid not null default current_tenant(),
    attestation_id uuid not null,
    number         text not null,        -- never used again: '<code>-ATT-<year>-<number>'
    kind           text not null,
    transfer_id    uuid not null,        -- that of its archive, when it is about an archive
    archive_id     uuid,
    issued_at      timestamptz not null,
    statement      text not null,        -- canonical JSON, exactly as digested
    sha256         bytea not null,       -- of the statement; in the journal's entry too
    proof          text,                 -- JSON, once a seal covers its entry
    completed_at   timestamptz,
    constraint attestation_pkey primary key (tenant_id, attestation_id),
    constraint attestation_number_unique unique (tenant_id, number),
    constraint attestation_kind_known check (kind in ('reception', 'prise_en_charge', 'integrite')),
    constraint attestation_sha256_length check (octet_length(sha256) = 32),
    constraint attestation_archive_when check ((kind = 'reception') = (archive_id is null)),
    constraint attestation_completed_when check ((proof is null) = (completed_at is null)),
    constraint attestation_of_transfer foreign key (tenant_id, transfer_id) references transfer (tenant_id, transfer_id),
    constraint attestation_of_archive foreign key (tenant_id, archive_id) references archive (tenant_id, archive_id)
);
-- One reception a transfer, one taking in charge an archive, whatever crashes.
create unique index attestation_reception_once on attestation (tenant_id, transfer_id) where kind = 'reception';
create unique index attestation_taking_once on attestation (tenant_id, archive_id) where kind = 'prise_en_charge';
create index attestation_by_transfer on attestation (tenant_id, transfer_id, issued_at);
create index attestation_to_complete on attestation (tenant_id, issued_at) where completed_at is null;
call guard_tenant_table('attestation');
-- What was declared does not change: only its proof is added.
grant select, insert, update (proof, completed_at) on attestation to chartrier_service;

-- An attestation of integrity that was asked for: every copy is read first, and none is issued when one cannot be.
create table integrity_request (
    tenant_id  uuid not null default current_tenant(),
    archive_id uuid not null,
    asked_at   timestamptz not null,
    asked_by   text not null,        -- 'person:<uuid>' or 'machine:<uuid>'
    ended_at   timestamptz,
    refusal    text,                 -- why none was issued, in words
    constraint integrity_request_pkey primary key (tenant_id, archive_id),
    constraint integrity_request_refused_when check (refusal is null or ended_at is not null),
    constraint integrity_request_of_archive foreign key (tenant_id, archive_id)
        references archive (tenant_id, archive_id)
);
call guard_tenant_table('integrity_request');
grant select, insert, update on integrity_request to chartrier_service;

-- What led to a reading: one more.
alter table incident drop constraint incident_occasion_known;
alter table incident add constraint incident_occasion_known check (occasion in
    ('sample', 'cycle', 'communication', 'migration', 'repair', 'command', 'attestation'));
