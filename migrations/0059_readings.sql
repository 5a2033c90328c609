-- A control authority (contrôle scientifique et technique) opens a member's files with a reason, for a while: its role alone shows
-- descriptions. Who reads, why, which archive and until when; the files then opened are entries of the member's journal, which name the reading.
create table control_reading (
    tenant_id  uuid not null default current_tenant(),
    reading_id uuid not null,
    person_id  uuid not null,
    reason     text not null,       -- a word of the closed list: `membership::readings::Reason`
    words      text not null,       -- what the person said beside it
    archive_id uuid,                -- of one archive; null: of all that the role reaches
    opened_at  timestamptz not null,
    until      timestamptz not null,
    ended_at   timestamptz,         -- by the person, before its time
    constraint control_reading_pkey primary key (tenant_id, reading_id),
    constraint control_reading_of_member foreign key (tenant_id) references member (tenant_id),
    constraint control_reading_reason_known check (length(reason) between 1 and 40),
    constraint control_reading_words_short check (length(words) between 1 and 500),
    -- A working day at the most.
    constraint control_reading_brief check (until > opened_at and until <= opened_at + interval '10 hours')
);
call guard_tenant_table('control_reading');
grant select, insert on control_reading to chartrier_service;
grant update (ended_at) on control_reading to chartrier_service;
-- What somebody may do is looked for at each request, before any member is chosen.
create index control_reading_of_person on control_reading (person_id, until);
create index control_reading_latest on control_reading (tenant_id, opened_at desc, reading_id desc);
create policy technical_lists on control_reading for select to chartrier_technical using (true);
-- Not why, nor what was said: that is read within the member alone.
grant select (tenant_id, reading_id, person_id, archive_id, until, ended_at) on control_reading to chartrier_technical;

-- The files opened under a reading, for whoever follows them.
create index event_of_reading on event (tenant_id, (entry::jsonb #>> '{detail,lecture}'), seq)
    where event_type = 'CONSULTATION' and entry::jsonb #>> '{detail,lecture}' is not null;

-- Whether a way leads there, of which one may now be to one archive. The function of four arguments is that of a process of the version
-- before: it knows no archive, and a way to one leads it nowhere.
create or replace function reached(ways jsonb, of_agreement text, of_producer text, of_depositor uuid) returns boolean
    language sql immutable parallel safe
    return exists (
        select from jsonb_to_recordset(ways)
                        as way (agreements text[], producers text[], depositor uuid, archive uuid)
        where (way.agreements is null or of_agreement = any (way.agreements))
          and (way.producers is null or of_producer = any (way.producers))
          and (way.depositor is null or of_depositor = way.depositor)
          and way.archive is null);

create function reached(ways jsonb, of_agreement text, of_producer text, of_depositor uuid, of_archive uuid) returns boolean
    language sql immutable parallel safe
    return exists (
        select from jsonb_to_recordset(ways)
                        as way (agreements text[], producers text[], depositor uuid, archive uuid)
        where (way.agreements is null or of_agreement = any (way.agreements))
          and (way.producers is null or of_producer = any (way.producers))
          and (way.depositor is null or of_depositor = way.depositor)
          and (way.archive is null or of_archive = way.archive));
