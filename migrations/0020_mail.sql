-- Letters to people: asked for in the transaction of what they tell, sent by the background work, forgotten once sent.

-- Where a person is written to; left out, they read the same at the portal.
alter table platform.person add column email text;
alter table platform.person add constraint person_email_length check (length(email) between 3 and 254);
grant select (email), update (email) on platform.person to chartrier_service;

create table technical.letter (
    letter_id   uuid not null,
    tenant_id   uuid not null default current_tenant(),
    recipient   text not null,         -- address
    topic       text not null,         -- what it is about: one letter a topic and recipient
    letter      text not null,         -- JSON: which letter, with the values that stand in it
    created_at  timestamptz not null,
    next_at     timestamptz not null,
    attempts    integer not null default 0,
    last_error  text,
    sent_at     timestamptz,
    given_up_at timestamptz,           -- tried too often, for too long, or refused for good
    constraint letter_pkey primary key (letter_id)
);
create unique index letter_once on technical.letter (tenant_id, topic, recipient);
create index letter_due on technical.letter (next_at) where sent_at is null and given_up_at is null;
alter table technical.letter enable row level security;
alter table technical.letter force row level security;
create policy tenant_writes on technical.letter for insert to chartrier_service
    with check (tenant_id = current_tenant());
-- `on conflict do nothing` must see the row it would repeat.
create policy tenant_sees on technical.letter for select to chartrier_service using (tenant_id = current_tenant());
create policy technical_sends on technical.letter to chartrier_technical using (true) with check (true);
create policy owner_migrates on technical.letter to chartrier_owner using (true) with check (true);
grant select, insert on technical.letter to chartrier_service;
grant select, insert, update, delete on technical.letter to chartrier_technical;
