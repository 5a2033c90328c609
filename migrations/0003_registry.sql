-- Parties and agreements (accords de versement): who may send what to whom.

create table party (
    tenant_id     uuid not null default current_tenant(),
    party_id      uuid not null,
    identifier    text not null,   -- as written in the manifests
    name          text not null,
    siret         text,
    archival      boolean not null default false,   -- service d'archives
    transferring  boolean not null default false,   -- service versant
    originating   boolean not null default false,   -- service producteur
    valid_from    date,
    valid_until   date,
    constraint party_pkey primary key (tenant_id, party_id),
    constraint party_identifier_unique unique (tenant_id, identifier),
    constraint party_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('party');
grant select, insert, update on party to chartrier_service;

create table agreement (
    tenant_id          uuid not null default current_tenant(),
    agreement_id       uuid not null,
    identifier         text not null,   -- SEDA ArchivalAgreement
    name               text not null,
    state              text not null,
    valid_from         date,
    valid_until        date,
    archival_agency    uuid not null,
    acceptance         text not null,
    transfer_bytes_max bigint not null check (transfer_bytes_max > 0),   -- expanded bytes of one transfer
    constraint agreement_pkey primary key (tenant_id, agreement_id),
    constraint agreement_identifier_unique unique (tenant_id, identifier),
    constraint agreement_state_known check (state in ('active', 'suspended')),
    constraint agreement_acceptance_known check (acceptance in ('automatic', 'archivist')),
    constraint agreement_archival_agency foreign key (tenant_id, archival_agency)
        references party (tenant_id, party_id)
);
call guard_tenant_table('agreement');
grant select, insert, update on agreement to chartrier_service;

create table agreement_party (
    tenant_id    uuid not null default current_tenant(),
    agreement_id uuid not null,
    party_id     uuid not null,
    part         text not null,
    constraint agreement_party_pkey primary key (tenant_id, agreement_id, party_id, part),
    constraint agreement_party_part_known check (part in ('transferring', 'originating')),
    constraint agreement_party_agreement foreign key (tenant_id, agreement_id)
        references agreement (tenant_id, agreement_id),
    constraint agreement_party_party foreign key (tenant_id, party_id) references party (tenant_id, party_id)
);
call guard_tenant_table('agreement_party');
grant select, insert, delete on agreement_party to chartrier_service;

create table machine_agreement (
    tenant_id    uuid not null default current_tenant(),
    machine_id   uuid not null,
    agreement_id uuid not null,
    constraint machine_agreement_pkey primary key (tenant_id, machine_id, agreement_id),
    constraint machine_agreement_machine foreign key (tenant_id, machine_id)
        references machine (tenant_id, machine_id),
    constraint machine_agreement_agreement foreign key (tenant_id, agreement_id)
        references agreement (tenant_id, agreement_id)
);
call guard_tenant_table('machine_agreement');
grant select, insert, delete on machine_agreement to chartrier_service;
