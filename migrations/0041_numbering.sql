-- What a member's numbers look like, kind by kind: 'cote', 'accuse', 'attestation', 'bordereau'. Without a row, as they always were
-- (model/numbering.rs). Rows are added, never changed: a number of a former pattern is still recognised as ours, by a rebuild
-- among others. The counters (`numbering`) know no pattern: they go on whatever it is, and what was given is not given again, since
-- accession_cote_unique and attestation_number_unique stand, and what has lost its row is looked for in the journal.
create table numbering_pattern (
    tenant_id uuid not null default current_tenant(),
    kind      text not null,
    version   integer not null,
    pattern   text not null,
    since     timestamptz not null,
    constraint numbering_pattern_pkey primary key (tenant_id, kind, version),
    constraint numbering_pattern_kind_known check (kind in ('cote', 'accuse', 'attestation', 'bordereau')),
    constraint numbering_pattern_of_member foreign key (tenant_id) references member (tenant_id)
);
call guard_tenant_table('numbering_pattern');
grant select, insert on numbering_pattern to chartrier_service;
