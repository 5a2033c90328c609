-- What a person recognises their sessions by; the identifier names one to be closed, and opens nothing.
alter table technical.session
    add column session_id uuid not null default gen_random_uuid(),
    add column address text not null default '',
    add column browser text not null default '';
create index session_of_person on technical.session (person_id);
