-- Deposits being prepared at the portal: what somebody has answered, and the files that came so far. No archive event: nothing is
-- deposited until it is sent. Once sent, the answers stay, without their bytes, so that the next deposit of the same kind finds
-- them again; they go when nobody has used them for long.

create table technical.deposit_draft (
    tenant_id          uuid not null,
    draft_id           uuid not null,
    person_id          uuid not null,
    -- The agreement's identifier, as manifests name it.
    agreement          text not null,
    copy_said          text,
    -- By unit: what was answered, and what was asked.
    answers            jsonb not null default '{}',
    message_identifier text not null,
    -- The refused transfer that it takes up again.
    resumes            uuid,
    made_at            timestamptz not null,
    used_at            timestamptz not null,
    -- Since it is being sent: its manifest is written, and nothing in it changes any more.
    sending_since      timestamptz,
    transfer_id        uuid,
    constraint deposit_draft_pkey primary key (tenant_id, draft_id),
    constraint deposit_draft_sent check (transfer_id is null or sending_since is not null)
);
create index deposit_draft_of_person on technical.deposit_draft (tenant_id, person_id, used_at desc);
create index deposit_draft_of_agreement on technical.deposit_draft (tenant_id, agreement, used_at desc) where transfer_id is not null;
create unique index deposit_draft_of_transfer on technical.deposit_draft (tenant_id, transfer_id) where transfer_id is not null;

create table technical.deposit_draft_file (
    tenant_id      uuid not null,
    draft_id       uuid not null,
    file_id        uuid not null,
    -- From 1, as they came.
    rank           integer not null,
    -- Folders above it, `/` between them; empty: none.
    folder         text not null,
    name           text not null,
    -- Null: known once all of it came.
    bytes_total    bigint,
    -- What is on the disk, and answered for.
    bytes_received bigint not null default 0,
    -- When its sender's machine last changed it, as that machine says: a piece of another version is of another file.
    modified_ms    bigint,
    -- Of the whole file, once it is whole.
    sha512         bytea,
    puid           text,
    format_name    text,
    mime           text,
    answers        jsonb not null default '{}',
    constraint deposit_draft_file_pkey primary key (tenant_id, draft_id, file_id),
    constraint deposit_draft_file_of_draft foreign key (tenant_id, draft_id)
        references technical.deposit_draft (tenant_id, draft_id) on delete cascade,
    constraint deposit_draft_file_name unique (tenant_id, draft_id, folder, name)
);

alter table technical.deposit_draft enable row level security;
alter table technical.deposit_draft force row level security;
create policy tenant_sees on technical.deposit_draft for select to chartrier_service using (tenant_id = current_tenant());
create policy technical_keeps on technical.deposit_draft to chartrier_technical using (true) with check (true);
create policy owner_migrates on technical.deposit_draft to chartrier_owner using (true) with check (true);
grant select on technical.deposit_draft to chartrier_service;
grant select, insert, update, delete on technical.deposit_draft to chartrier_technical;

alter table technical.deposit_draft_file enable row level security;
alter table technical.deposit_draft_file force row level security;
create policy tenant_sees on technical.deposit_draft_file for select to chartrier_service using (tenant_id = current_tenant());
create policy technical_keeps on technical.deposit_draft_file to chartrier_technical using (true) with check (true);
create policy owner_migrates on technical.deposit_draft_file to chartrier_owner using (true) with check (true);
grant select on technical.deposit_draft_file to chartrier_service;
grant select, insert, update, delete on technical.deposit_draft_file to chartrier_technical;
-- The same bytes deposited before are told as they come again.
create index deposit_draft_file_bytes on technical.deposit_draft_file (tenant_id, sha512) where sha512 is not null;
