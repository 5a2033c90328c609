-- Conventions, without which no member deposits; how long a member exists and who follows it; its population; deposits that the
-- pilot suspends.

alter table member add column population integer check (population >= 0);
alter table member add column population_year smallint;
alter table member add column valid_from date;
alter table member add column valid_until date;
-- The member that follows it (a merger): archives stay where they are, and are found from there.
alter table member add column successor text;
-- The pilot's: from which day deposits are suspended, why, when the member was told.
alter table member add column suspended_from date;
alter table member add column suspended_reason text;
alter table member add column suspension_notified_on date;
alter table member add column suspended_by uuid;
alter table member add constraint member_suspended_with_reason
    check ((suspended_from is null) = (suspended_reason is null)
       and (suspended_from is null) = (suspension_notified_on is null));

alter table party add column successor text;   -- identifier of the party that follows it

create table convention (
    tenant_id        uuid not null default current_tenant(),
    convention_id    uuid not null,
    identifier       text not null,
    regime           text not null,
    state            text not null,
    signed_on        date,
    valid_from       date,
    valid_until      date,
    notice_months    integer not null,
    archives_service text,              -- the service public d'archives that takes part
    told_months      smallint,          -- months before its end at which it was told last
    details          jsonb not null,    -- the fields of the code du patrimoine, R212-18-1, and the other dates
    constraint convention_pkey primary key (tenant_id, convention_id),
    constraint convention_identifier_unique unique (tenant_id, identifier),
    constraint convention_of_member foreign key (tenant_id) references member (tenant_id),
    constraint convention_regime_known check (regime in
        ('mutualisation_intermediaire', 'mutualisation_definitive', 'depot_ad', 'tiers_archivage')),
    constraint convention_state_known check (state in ('draft', 'active', 'terminated'))
);
call guard_tenant_table('convention');
create unique index convention_active_once on convention (tenant_id) where state = 'active';
grant select, insert, update on convention to chartrier_service;
-- The pilot's page, and the alerts, look at every member's.
create policy technical_lists on convention for select to chartrier_technical using (true);
-- Dates and names alone: the texts name people, and stay behind the gate.
grant select (tenant_id, identifier, state, valid_from, valid_until) on convention to chartrier_technical;
create policy technical_lists on quota for select to chartrier_technical using (true);
grant select on quota to chartrier_technical;

alter table assignment drop constraint assignment_role_known;
alter table assignment add constraint assignment_role_known check (role in
    ('operator', 'pilot', 'archivist', 'control_authority', 'member_admin', 'depositor', 'producer', 'reader'));
