-- The territory survey's campaigns (norms §6): who is asked, what each answered, what the pilot noted of it. Every row is the pilot's:
-- producers are no tenants, most are no members, and none of them has an account.

create table platform.survey_campaign (
    campaign_id uuid not null,
    name        text not null,
    answer_by   date not null,             -- said to those who are asked; the closing is an act
    -- draft: producers are imported; open: links were sent; reminded: those who were silent were written to again; closed: no answer any
    -- more; analysed: the figures are taken as final; given_back: they were given to those who answered
    stage       text not null check (stage in ('draft', 'open', 'reminded', 'closed', 'analysed', 'given_back')),
    reminders   smallint not null default 0 check (reminders >= 0),
    opened_at   timestamptz,
    closed_at   timestamptz,
    created_at  timestamptz not null,
    created_by  uuid not null,
    constraint survey_campaign_pkey primary key (campaign_id),
    constraint survey_campaign_name_unique unique (name)
);
-- What led from one stage to the next: added, never changed.
create table platform.survey_step (
    campaign_id uuid not null,
    place       smallint not null check (place > 0),
    stage       text not null,             -- the one that was entered
    taken_at    timestamptz not null,
    taken_by    uuid not null,
    constraint survey_step_pkey primary key (campaign_id, place),
    constraint survey_step_of_campaign foreign key (campaign_id) references platform.survey_campaign (campaign_id)
);
create table platform.survey_producer (
    campaign_id uuid not null,
    siren       text not null check (siren ~ '^[0-9]{9}$'),
    name        text not null,
    kind        text not null check (kind in ('DEPT', 'EPCI', 'COM', 'SYNDICAT', 'CCAS', 'SERVICE', 'AUTRE')),
    population  integer check (population >= 0),
    email       text,                      -- none: asked on paper
    contact     text not null,
    constraint survey_producer_pkey primary key (campaign_id, siren),
    constraint survey_producer_of_campaign foreign key (campaign_id) references platform.survey_campaign (campaign_id)
);
create table platform.survey_import (
    campaign_id uuid not null,
    place       integer not null check (place > 0),
    what        text not null check (what in ('producers', 'answers')),
    sha512      bytea not null,            -- of the file as it came
    lines       integer not null,
    imported_at timestamptz not null,
    imported_by uuid not null,
    constraint survey_import_pkey primary key (campaign_id, place),
    constraint survey_import_of_campaign foreign key (campaign_id) references platform.survey_campaign (campaign_id)
);
-- The secret itself is in the letter alone, sealed until it leaves.
create table platform.survey_link (
    link_hash   bytea not null,            -- SHA-256
    campaign_id uuid not null,
    siren       text not null,
    email       text,                      -- where it was sent; none: handed over
    made_at     timestamptz not null,
    constraint survey_link_pkey primary key (link_hash),
    constraint survey_link_of_producer foreign key (campaign_id, siren) references platform.survey_producer (campaign_id, siren)
);
create index survey_link_producer on platform.survey_link (campaign_id, siren);
create table platform.survey_answer (
    campaign_id   uuid not null,
    siren         text not null,
    already       boolean not null,
    already_in    text[] not null,
    already_other text not null,           -- what « Autre » is
    planned       boolean not null,
    planned_in    text[] not null,
    planned_other text not null,
    interested    boolean,                 -- none: not asked, on paper
    channel       text not null check (channel in ('link', 'paper')),
    answered_on   date not null,           -- of paper, the date it bears
    entered_at    timestamptz not null,
    entered_by    uuid,                    -- who typed the paper
    changes       integer not null default 0,
    constraint survey_answer_pkey primary key (campaign_id, siren),
    constraint survey_answer_of_producer foreign key (campaign_id, siren) references platform.survey_producer (campaign_id, siren),
    constraint survey_answer_already_whole check (already = (already_in <> '{}')),
    constraint survey_answer_planned_whole check (planned = (planned_in <> '{}')),
    constraint survey_answer_paper_typed check ((channel = 'paper') = (entered_by is not null))
);
-- What the pilot heard, producer by producer: shown to nobody else.
create table platform.survey_note (
    note_id     uuid not null,
    campaign_id uuid not null,
    siren       text not null,
    theme       text not null,
    body        text not null,
    written_at  timestamptz not null,
    written_by  uuid not null,
    constraint survey_note_pkey primary key (note_id),
    constraint survey_note_of_producer foreign key (campaign_id, siren) references platform.survey_producer (campaign_id, siren)
);
create index survey_note_producer on platform.survey_note (campaign_id, siren);
-- The order of the domains as it was frozen, with what it was computed from: added, never changed.
create table platform.survey_priority (
    priority_id uuid not null,
    campaign_id uuid not null,
    content     text not null,             -- JSON
    frozen_at   timestamptz not null,
    frozen_by   uuid not null,
    constraint survey_priority_pkey primary key (priority_id),
    constraint survey_priority_of_campaign foreign key (campaign_id) references platform.survey_campaign (campaign_id)
);

grant select, insert, update on platform.survey_campaign to chartrier_technical;
grant select, insert, update on platform.survey_producer to chartrier_technical;
grant select, insert, update on platform.survey_answer to chartrier_technical;
grant select, insert on platform.survey_step to chartrier_technical;
grant select, insert on platform.survey_import to chartrier_technical;
grant select, insert on platform.survey_link to chartrier_technical;
grant select, insert on platform.survey_note to chartrier_technical;
grant select, insert on platform.survey_priority to chartrier_technical;
