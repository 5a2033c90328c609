-- Where to look, for the desks of those who answer for hundreds of members: each member is read apart, under its own policies, and of three
-- hundred most have nothing to tell. These give members' identifiers, and nothing that is theirs.

create index event_told_of_all on event (event_type, split_part(object, ':', 1), at desc)
    where event_type in ('REJET', 'PRISE_EN_CHARGE', 'COMMUNICATION', 'PARAMETRAGE', 'INCIDENT', 'REPARATION', 'RECONSTRUCTION');

-- Whose the last entries are, each of a type and about a thing named in its place: at most `most` of each. `told_since`: other members may have some, all
-- of them older than this; null: they have none.
create function members_told(types text[], about text[], most integer) returns table (tenant_id uuid, told_since timestamptz)
    language sql stable security definer
    set search_path = public, pg_temp
begin atomic
    select last.tenant_id, max(last.oldest_at) filter (where last.of_all = most)
    from unnest(types, about) as one (kind, named),
         lateral (select v.tenant_id, count(*) over () as of_all, min(v.at) over () as oldest_at
                  from (select e.tenant_id, e.at from event e
                        where e.event_type = one.kind and split_part(e.object, ':', 1) = one.named
                          and e.event_type in ('REJET', 'PRISE_EN_CHARGE', 'COMMUNICATION', 'PARAMETRAGE', 'INCIDENT', 'REPARATION',
                                               'RECONSTRUCTION')
                        order by e.at desc limit most) v) last
    group by last.tenant_id;
end;
revoke all on function members_told(text[], text[], integer) from public;
grant execute on function members_told(text[], text[], integer) to chartrier_technical;

-- Where a transfer awaits an archivist's decision.
create function members_awaiting() returns setof uuid
    language sql stable security definer
    set search_path = public, pg_temp
begin atomic
    select distinct t.tenant_id from transfer t where t.state = 'examined' and t.decided_by is null;
end;
revoke all on function members_awaiting() from public;
grant execute on function members_awaiting() to chartrier_technical;
