-- Closings of which every statement is issued: nobody looks at them again.
create table platform.bill_issued (
    year      smallint not null,
    version   smallint not null,
    issued_at timestamptz not null,
    constraint bill_issued_pkey primary key (year, version),
    constraint bill_issued_of_closing foreign key (year, version) references platform.bill_closing (year, version)
);
grant select, insert on platform.bill_issued to chartrier_technical;
