-- What comes in several requests, and transfers whose manifest came apart from the archive of its attachments.

alter table transfer drop constraint transfer_channel_known;
alter table transfer add constraint transfer_channel_known check (channel in ('api', 'portal', 'restservices'));
-- Of the manifest as received: the same one under the same identifier, with the same files, is the same transfer sent again.
alter table transfer add column manifest_sha512 bytea;
-- Where the sender asks that its answers be told of, beside the addresses of the agreement.
alter table transfer add column reply_to text;

-- An upload under way, and, once it is closed, the transfer that it became, until it expires. Its bytes are in quarantine
-- under its identifier, which is the transfer's to be.
create table technical.upload (
    tenant_id           uuid not null,
    upload_id           uuid not null,
    door                text not null,
    machine_id          uuid,
    person_id           uuid,
    file_name           text not null,
    -- SHA-256 of the key given to whoever opened it; null: none is asked for.
    key_hash            bytea,
    copy_said           text,
    reply_to            text,
    -- Of the manifest that came apart.
    message_identifier  text,
    transferring_agency text,
    -- What is on the disk, and answered for.
    bytes_total         bigint,
    bytes_received      bigint not null default 0,
    pieces_total        integer,
    pieces_received     integer not null default 0,
    -- Where the last piece begins.
    last_piece_at       bigint not null default 0,
    opened_at           timestamptz not null,
    expires_at          timestamptz not null,
    transfer_id         uuid,
    constraint upload_pkey primary key (tenant_id, upload_id),
    constraint upload_door_known check (door in ('api', 'portal', 'restservices'))
);
create index upload_by_end on technical.upload (tenant_id, expires_at);
create index upload_by_identifier on technical.upload (tenant_id, message_identifier) where message_identifier is not null;
alter table technical.upload enable row level security;
alter table technical.upload force row level security;
create policy tenant_sees on technical.upload for select to chartrier_service using (tenant_id = current_tenant());
create policy technical_keeps on technical.upload to chartrier_technical using (true) with check (true);
create policy owner_migrates on technical.upload to chartrier_owner using (true) with check (true);
grant select on technical.upload to chartrier_service;
grant select, insert, update, delete on technical.upload to chartrier_technical;
