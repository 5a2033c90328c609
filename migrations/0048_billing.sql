-- The shared bill (norms §5): what a year costs, as the pilot prepares it; each closing of it, kept for ever; what each member owes by it.

create table platform.bill_year (
    year         smallint not null check (year between 2000 and 9998),
    -- Percent of its inhabitants that a kind of member counts for: {"departement": 20}; a kind that is not there counts whole.
    coefficients jsonb not null,
    -- Bounds of what a member bears, by inhabitants: [{"below": 1000, "at_most_cents": 100000}].
    caps         jsonb not null,
    prepared_by  uuid not null,
    prepared_at  timestamptz not null,
    constraint bill_year_pkey primary key (year)
);
create table platform.bill_item (
    year           smallint not null,
    place          integer not null,      -- in the table that was imported
    item           text not null,
    label          text not null,
    category       text not null,
    forecast_cents bigint,
    actual_cents   bigint,
    parts          text not null,         -- 40 % EGAL + 60 % STOCK
    justification  text not null,
    constraint bill_item_pkey primary key (year, item),
    constraint bill_item_of_year foreign key (year) references platform.bill_year (year),
    constraint bill_item_category_known check (category in
        ('INFRA', 'VOLUMETRIE', 'MAINTENANCE', 'CONNECTEURS', 'RH', 'RECETTE'))
);
-- What a member gave in kind, or paid ahead: taken off its share.
create table platform.bill_credit (
    year   smallint not null,
    place  integer not null,
    member text not null,                 -- its code
    kind   text not null check (kind in ('in_kind', 'advance')),
    cents  bigint not null check (cents > 0),
    label  text not null,
    constraint bill_credit_pkey primary key (year, place),
    constraint bill_credit_of_year foreign key (year) references platform.bill_year (year)
);
-- Added, never changed: a correction is a closing more, which takes the place of the one before.
create table platform.bill_closing (
    year         smallint not null,
    version      smallint not null check (version > 0),
    snapshot     text not null,           -- JSON: members, measures, items, as they were shared
    sha512       bytea not null,
    prepared_by  uuid not null,
    validated_by uuid not null,
    closed_at    timestamptz not null,
    reason       text not null,           -- of the closings after the first
    constraint bill_closing_pkey primary key (year, version),
    constraint bill_closing_of_two check (prepared_by <> validated_by)
);
grant select, insert, update on platform.bill_year to chartrier_technical;
grant select, insert, delete on platform.bill_item to chartrier_technical;
grant select, insert, delete on platform.bill_credit to chartrier_technical;
grant select, insert on platform.bill_closing to chartrier_technical;

-- What a member owes by a closing (état liquidatif).
create table statement (
    tenant_id   uuid not null default current_tenant(),
    year        smallint not null,
    version     smallint not null,
    number      text not null,
    share_cents bigint not null,
    owed_cents  bigint not null,          -- credits taken off; negative: to be given back
    content     text not null,            -- JSON: its lines, each with its weight and the weight of all
    sha512      bytea not null,
    issued_at   timestamptz not null,
    constraint statement_pkey primary key (tenant_id, year, version),
    constraint statement_number_unique unique (tenant_id, number),
    constraint statement_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('statement');
grant select, insert on statement to chartrier_service;
