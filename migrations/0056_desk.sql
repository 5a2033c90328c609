-- What an archivist says of her decision: reasons of a refusal, as codes of a closed list, and her words; or her remark on what
-- she accepts. Kept beside the findings, which a later examination writes anew.
alter table transfer add column refusal_reasons text[] not null default '{}';
alter table transfer add column decision_words text;
alter table transfer add constraint transfer_refusal_reasons_few check (cardinality(refusal_reasons) <= 20);
alter table transfer add constraint transfer_decision_words_short check (length(decision_words) between 1 and 2000);

-- What awaits an archivist, oldest first, in each of the members she serves.
create index transfer_awaiting_decision on transfer (tenant_id, received_at, transfer_id)
    where state = 'examined' and decided_by is null;

-- What the examination saw, for whoever decides: how many files of each kind, and where in the message's tree findings are.
alter table transfer add column file_kinds jsonb not null default '{}';
alter table transfer add column finding_places jsonb not null default '{}';

-- The room of each site's disk, once a day: at what pace it fills.
create table platform.site_room (
    site       text not null,
    day        date not null,
    free_bytes bigint not null,
    size_bytes bigint not null,
    constraint site_room_pkey primary key (site, day),
    constraint site_room_positive check (free_bytes >= 0 and size_bytes >= 0)
);
grant select, insert, delete on platform.site_room to chartrier_technical;

-- How a person wants to be told by mail of each subject; what is not here is told at once.
create table platform.notification (
    person_id uuid not null,
    subject   text not null,
    manner    text not null,
    constraint notification_pkey primary key (person_id, subject),
    constraint notification_of_person foreign key (person_id) references platform.person (person_id),
    constraint notification_subject_known check (length(subject) between 1 and 40),
    constraint notification_manner_known check (manner in ('digest', 'none'))
);
grant select on platform.notification to chartrier_service;
grant select, insert, update, delete on platform.notification to chartrier_technical;

-- Letters that wait to be told together once a day.
alter table technical.letter add column digest boolean not null default false;
create index letter_digest on technical.letter (recipient, created_at) where digest and sent_at is null and given_up_at is null;
