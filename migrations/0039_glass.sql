-- Break-glass: an operator reads a member's archives for a while, on the member's written request, once the pilot has agreed.

create table glass (
    tenant_id   uuid not null default current_tenant(),
    glass_id    uuid not null,
    asked_by    uuid not null,
    asked_at    timestamptz not null,
    request     text not null,      -- reference of the member's written request
    reason      text not null,
    hours       smallint not null,
    opened_by   uuid,
    opened_at   timestamptz,
    until       timestamptz,
    ended_at    timestamptz,        -- refused, or ended before its time
    constraint glass_pkey primary key (tenant_id, glass_id),
    constraint glass_of_member foreign key (tenant_id) references member (tenant_id),
    constraint glass_hours check (hours between 1 and 4),
    constraint glass_two_persons check (opened_by is null or opened_by <> asked_by),
    constraint glass_opened_whole check ((opened_by is null) = (until is null))
);
call guard_tenant_table('glass');
grant select, insert on glass to chartrier_service;
grant update (opened_by, opened_at, until, ended_at) on glass to chartrier_service;
create policy technical_lists on glass for select to chartrier_technical using (true);
grant select on glass to chartrier_technical;
