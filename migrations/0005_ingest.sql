-- Transfers from reception to taking in charge, and the messages that answer them.

create type transfer_state as enum (
    'received',         -- in quarantine, digest known, nothing read yet
    'examined',         -- read and without fault; an archivist decides
    'sealed',           -- accepted: identifiers, grant date and reply are fixed; copies being written
    'taken_in_charge',  -- both copies written and read again, rows committed
    'refused'           -- the reasons are in findings and in the reply
);

create table transfer (
    tenant_id            uuid not null default current_tenant(),
    transfer_id          uuid not null,
    state                transfer_state not null,
    channel              text not null,          -- the door: 'api' or 'portal'
    person_id            uuid,
    machine_id           uuid,
    file_name            text not null,
    size_bytes           bigint not null,
    digest               bytea not null,         -- SHA-512 of the bytes received
    received_at          timestamptz not null,
    -- Known once the manifest has been read.
    attempt              integer not null default 1,
    seda_version         text,
    message_identifier   text,
    transferring_agency  text,
    agreement_identifier text,
    title                text,
    unit_count           integer,
    object_count         integer,
    expanded_bytes       bigint,
    findings             jsonb not null default '[]',
    examined_at          timestamptz,
    -- Known once decided.
    decided_at           timestamptz,
    decided_by           uuid,                   -- null: the agreement accepts by itself
    archive_id           uuid,
    closed_at            timestamptz,            -- taken in charge or refused
    quarantine_until     timestamptz,
    quarantine_purged_at timestamptz,
    constraint transfer_pkey primary key (tenant_id, transfer_id),
    constraint transfer_channel_known check (channel in ('api', 'portal')),
    constraint transfer_digest_length check (octet_length(digest) = 64)
);
call guard_tenant_table('transfer');
grant select, insert, update on transfer to chartrier_service;

-- The same bytes, sent again or twice at once, are the same transfer; after a refusal they may be tried again.
create unique index transfer_same_bytes on transfer (tenant_id, digest) where state <> 'refused';
-- Only acceptance consumes a transfer's identifier (seda.md §5, check 5).
create unique index transfer_accepted_once on transfer (tenant_id, transferring_agency, message_identifier)
    where state in ('sealed', 'taken_in_charge');
-- What a refusal said of the same bytes is looked up at each deposit.
create index transfer_by_bytes on transfer (tenant_id, digest);
create index transfer_by_identifier on transfer (tenant_id, message_identifier);
create index transfer_by_reception on transfer (tenant_id, received_at desc, transfer_id desc);

create table message (
    tenant_id   uuid not null default current_tenant(),
    message_id  uuid not null,
    transfer_id uuid not null,
    kind        text not null,
    identifier  text not null,   -- our MessageIdentifier
    body        text not null,   -- the XML, as sent
    created_at  timestamptz not null,
    constraint message_pkey primary key (tenant_id, message_id),
    constraint message_kind_known check (kind in ('acknowledgement', 'reply')),
    constraint message_once unique (tenant_id, transfer_id, kind),
    constraint message_identifier_unique unique (tenant_id, identifier),
    constraint message_of_transfer foreign key (tenant_id, transfer_id) references transfer (tenant_id, transfer_id)
);
call guard_tenant_table('message');
grant select, insert on message to chartrier_service;

-- Registre des entrées. What seal has fixed, so that store writes the same bytes however often it runs.
create table accession (
    tenant_id   uuid not null default current_tenant(),
    transfer_id uuid not null,
    archive_id  uuid not null,
    cote        text not null,          -- ArchivalAgencyArchiveUnitIdentifier of the root
    grant_date  timestamptz not null,
    reply       text not null,          -- ArchiveTransferReply, XML
    premis      text not null,          -- PREMIS 3 events and agents, XML
    record      text not null,          -- accession.json of the AIP
    constraint accession_pkey primary key (tenant_id, transfer_id),
    constraint accession_archive_unique unique (tenant_id, archive_id),
    constraint accession_cote_unique unique (tenant_id, cote),
    constraint accession_of_transfer foreign key (tenant_id, transfer_id) references transfer (tenant_id, transfer_id)
);
call guard_tenant_table('accession');
grant select, insert on accession to chartrier_service;

-- Numbers given per kind and year, never reused: the row is locked by the transaction that takes one.
create table numbering (
    tenant_id uuid not null default current_tenant(),
    kind      text not null,   -- 'cote'
    year      integer not null,
    last      bigint not null,
    constraint numbering_pkey primary key (tenant_id, kind, year)
);
call guard_tenant_table('numbering');
grant select, insert, update on numbering to chartrier_service;
