-- What an agreement allows in a day, a week, a month, a year and in all, and what was accepted under it, day by day of Paris.
-- [{"per": "month", "transfers": 100, "files": null, "bytes": null}, …]
alter table agreement add column limits jsonb not null default '[]';

create table agreement_usage (
    tenant_id    uuid not null default current_tenant(),
    agreement_id uuid not null,
    day          date not null,
    transfers    bigint not null,
    objects      bigint not null,
    bytes        bigint not null,   -- expanded: manifest and objects, one copy
    constraint agreement_usage_pkey primary key (tenant_id, agreement_id, day),
    constraint agreement_usage_of_agreement foreign key (tenant_id, agreement_id)
        references agreement (tenant_id, agreement_id)
);
call guard_tenant_table('agreement_usage');
grant select, insert, update on agreement_usage to chartrier_service;
