-- What each member holds and receives, measured at the end of each day of Paris: the base of the shared bill, exact to the
-- cent. A day is measured once: nobody may change nor delete a measure.
--
-- A stock and a flow do not add up alike, and copies do not add up like archives; hence three tables.
--   usage_day        the days that are measured: without lines of the others, a day on which there was nothing;
--   usage_agreement  of each agreement, what is held at the end of the day, once whatever the copies, and what came that day;
--   usage_site       of each site and agreement, the copies held there.
-- In one table by site and agreement, a sum of what came would count a deposit as often as it has copies.
--
-- An archive comes on the day of its taking in charge (transfer.closed_at), and is held from then on: what is held at the
-- end of a day is what was held at the end of the day before, and what came. Bytes are those of the manifest and the
-- objects, expanded, as the quota counts them.

create table usage_day (
    tenant_id uuid not null default current_tenant(),
    day       date not null,      -- of Paris, over
    late      boolean not null,   -- measured later than the day after, the service having been stopped: from the rows as they are
    constraint usage_day_pkey primary key (tenant_id, day),
    constraint usage_day_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('usage_day');
grant select, insert on usage_day to chartrier_service;

create table usage_agreement (
    tenant_id     uuid not null default current_tenant(),
    day           date not null,
    agreement     text not null,     -- its identifier; '': refused transfers that name no agreement of the member
    archives      bigint not null,   -- held
    objects       bigint not null,
    bytes         bigint not null,
    came          bigint not null,   -- deposits taken in charge that day, their files, their bytes
    came_objects  bigint not null,
    came_bytes    bigint not null,
    refused       bigint not null,   -- transfers refused that day
    constraint usage_agreement_pkey primary key (tenant_id, day, agreement),
    constraint usage_agreement_of_day foreign key (tenant_id, day) references usage_day (tenant_id, day),
    constraint usage_agreement_counts check (archives >= 0 and objects >= 0 and bytes >= 0
        and came >= 0 and came_objects >= 0 and came_bytes >= 0 and refused >= 0)
);
call guard_tenant_table('usage_agreement');
grant select, insert on usage_agreement to chartrier_service;

create table usage_site (
    tenant_id uuid not null default current_tenant(),
    day       date not null,
    site      text not null,
    agreement text not null,
    copies    bigint not null,
    objects   bigint not null,
    bytes     bigint not null,
    constraint usage_site_pkey primary key (tenant_id, day, site, agreement),
    constraint usage_site_of_day foreign key (tenant_id, day) references usage_day (tenant_id, day),
    constraint usage_site_counts check (copies >= 0 and objects >= 0 and bytes >= 0)
);
call guard_tenant_table('usage_site');
grant select, insert on usage_site to chartrier_service;

-- What ended on a day, whatever the number of transfers.
create index transfer_by_closing on transfer (tenant_id, closed_at) where closed_at is not null;
