-- The way in (norms §6): whoever comes into the service, from prospect to production and out again; people, trainings, deposits that are
-- planned, what committees decided. The pilot's rows: no archive, no title.

create table platform.entry (
    entry_id   uuid not null,
    siren      text not null,
    name       text not null,
    kind       text not null,
    population integer not null check (population >= 0),
    created_at timestamptz not null,
    created_by uuid not null,
    constraint entry_pkey primary key (entry_id),
    constraint entry_siren_unique unique (siren)
);
-- Added; what was entered by mistake is withdrawn, and stays.
create table platform.entry_step (
    entry_id     uuid not null,
    seq          integer not null,
    stage        text not null,
    done_on      date not null,             -- the last day of the month when only the month is known
    is_month     boolean not null,
    note         text not null,
    entered_at   timestamptz not null,
    entered_by   uuid not null,
    withdrawn_at timestamptz,
    withdrawn_by uuid,
    constraint entry_step_pkey primary key (entry_id, seq),
    constraint entry_step_of_entry foreign key (entry_id) references platform.entry (entry_id),
    constraint entry_step_withdrawn_by_someone check ((withdrawn_at is null) = (withdrawn_by is null))
);
create table platform.entry_contact (
    entry_id   uuid not null,
    contact_id uuid not null,
    part       text not null,
    name       text not null,
    email      text not null,
    telephone  text not null,
    constraint entry_contact_pkey primary key (entry_id, contact_id),
    constraint entry_contact_of_entry foreign key (entry_id) references platform.entry (entry_id)
);
create table platform.entry_training (
    entry_id    uuid not null,
    training_id uuid not null,
    subject     text not null,
    held_on     date not null,
    people      text not null,              -- who came, in words
    constraint entry_training_pkey primary key (entry_id, training_id),
    constraint entry_training_of_entry foreign key (entry_id) references platform.entry (entry_id)
);
-- What was said would come: so many deposits under an agreement in a month.
create table platform.entry_planned (
    entry_id  uuid not null,
    agreement text not null,
    month     date not null check (extract(day from month) = 1),
    deposits  integer not null check (deposits >= 0),
    constraint entry_planned_pkey primary key (entry_id, agreement, month),
    constraint entry_planned_of_entry foreign key (entry_id) references platform.entry (entry_id)
);
-- How many may be installed in a year.
create table platform.entry_capacity (
    year    smallint not null check (year between 2000 and 9998),
    entries smallint not null check (entries >= 0),
    constraint entry_capacity_pkey primary key (year)
);
create table platform.committee_decision (
    decision_id uuid not null,
    committee   text not null check (committee in ('COPIL', 'COTECH')),
    held_on     date not null,
    decision    text not null,
    owner       text not null,
    due_on      date,
    state       text not null check (state in ('a_faire', 'en_cours', 'fait', 'abandonne')),
    changed_at  timestamptz not null,
    changed_by  uuid not null,
    constraint committee_decision_pkey primary key (decision_id)
);
grant select, insert, update on platform.entry to chartrier_technical;
grant select, insert, update on platform.entry_step to chartrier_technical;
grant select, insert, delete on platform.entry_contact to chartrier_technical;
grant select, insert, delete on platform.entry_training to chartrier_technical;
grant select, insert, update on platform.entry_planned to chartrier_technical;
grant select, insert, update on platform.entry_capacity to chartrier_technical;
grant select, insert, update on platform.committee_decision to chartrier_technical;
