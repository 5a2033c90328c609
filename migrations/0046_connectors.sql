-- Connectors: machines that deposit by the As@lae-compatible door, what each asked last and what became of it; and deposits that
-- an agreement expects by the calendar.

-- In what form a machine is answered: 'asalae', whose 2.x answers have the identifiers the other way round, as buses read them;
-- 'strict', as the standard defines them.
alter table machine add column reply_form text not null default 'asalae';
alter table machine add constraint machine_reply_form_known check (reply_form in ('asalae', 'strict'));
-- What a machine deposits through, as its administrator said: the settings shown are those that its form asks for.
alter table machine add column bus text;
alter table machine add constraint machine_bus_known check (bus in ('pastell', 'ixbus', 'slow', 'api'));

-- Argon2id (PHC string) of the lowercase hexadecimal SHA-256 of the secret, which is what these clients send as a password; null: the
-- secret was made before this column and is known to nobody here, so the machine must be given another one to use that door.
alter table machine add column basic_hash text;
alter table machine add column former_basic_hash text;

-- The last calls of each machine. Bounded: whoever notes one deletes those before the last hundred.
create table technical.machine_call (
    tenant_id          uuid not null,
    machine_id         uuid not null,
    call_id            bigint generated always as identity,
    at                 timestamptz not null,
    what               text not null,
    outcome            text not null,
    message_identifier text,          -- of the transfer it was about
    detail             text not null, -- a short sentence, for people; never a content
    constraint machine_call_pkey primary key (tenant_id, machine_id, call_id),
    constraint machine_call_what_known check (what in
        ('ping', 'versions', 'deposit', 'chunk', 'acknowledgement', 'reply', 'link', 'token')),
    constraint machine_call_outcome_known check (outcome in
        ('ok', 'refused', 'unknown', 'pending', 'unauthorized', 'error')),
    constraint machine_call_bounded check (length(message_identifier) <= 255 and length(detail) <= 255)
);
alter table technical.machine_call enable row level security;
alter table technical.machine_call force row level security;
create policy tenant_sees on technical.machine_call for select to chartrier_service using (tenant_id = current_tenant());
create policy technical_notes on technical.machine_call to chartrier_technical using (true) with check (true);
create policy owner_migrates on technical.machine_call to chartrier_owner using (true) with check (true);
grant select on technical.machine_call to chartrier_service;
grant select, insert, delete on technical.machine_call to chartrier_technical;

-- A period at whose end, and the days that were granted after it, nothing had come under an agreement that expected something.
create table missed_deposit (
    tenant_id    uuid not null default current_tenant(),
    agreement_id uuid not null,
    period_from  date not null,          -- its first and last day, of Paris
    period_until date not null,
    due_on       date not null,          -- the last day on which it would have come in time
    raised_at    timestamptz not null,
    closed_at    timestamptz,            -- one came, or none is expected any more
    constraint missed_deposit_pkey primary key (tenant_id, agreement_id, period_from),
    constraint missed_deposit_of_agreement foreign key (tenant_id, agreement_id)
        references agreement (tenant_id, agreement_id),
    constraint missed_deposit_days check (period_from <= period_until and period_until <= due_on)
);
call guard_tenant_table('missed_deposit');
grant select, insert on missed_deposit to chartrier_service;
grant update (closed_at) on missed_deposit to chartrier_service;

-- Whether one came under an agreement since a day, whatever the number of transfers.
create index transfer_by_agreement on transfer (tenant_id, agreement_identifier, received_at)
    where agreement_identifier is not null;
