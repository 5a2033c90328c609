-- The pieces that justify what a year cost (norms §5): each attached to an item, kept whole, bound by the closing that names its digest.

create table platform.bill_voucher (
    year         smallint not null,
    item         text not null,           -- as the table names it; the table may come after the piece
    sha512       bytea not null check (octet_length(sha512) = 64),
    file_name    text not null,
    media_type   text not null check (media_type in ('application/pdf', 'image/png', 'image/jpeg')),
    content      bytea not null,
    added_by     uuid not null,
    added_at     timestamptz not null,
    -- Taken off: closings made from then on do not name it; those made before do, and it is kept for them.
    withdrawn_at timestamptz,
    constraint bill_voucher_pkey primary key (year, item, sha512),
    constraint bill_voucher_of_year foreign key (year) references platform.bill_year (year)
);
grant select, insert on platform.bill_voucher to chartrier_technical;
grant update (withdrawn_at) on platform.bill_voucher to chartrier_technical;
