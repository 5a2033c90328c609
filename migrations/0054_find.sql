-- Finding: the right answer first. What is asked is understood by the program (`src/catalog/question/`), which also writes, beside the
-- words of a unit, lexemes that no text can contain: '#' before an identifier, '@' before a date, '=' before what it came under.
-- Titles weigh A. The title's key finds the same title again, however it was typed.

drop function search_units(text, timestamptz, uuid, integer);

alter table unit_search add column title_key text not null default '';
-- What is here already is found by its words, its years and what it came under; its identifiers and days by their words.
update unit_search s
set text = setweight(to_tsvector('french_unaccented', regexp_replace(u.title, '[^[:alnum:]]+', ' ', 'g')), 'A') || s.text
           || array_to_tsvector(array['=i:' || a.archive_id, '=a:' || g.identifier, '=p:' || coalesce(a.originating_agency, '')]
                || coalesce((select array_agg(k || y) from unnest(array['@', '=y:']) k,
                                    generate_series(left(u.start_date, 4)::int,
                                                    least(left(coalesce(u.end_date, u.start_date), 4)::int,
                                                          left(u.start_date, 4)::int + 300)) y
                             where u.start_date ~ '^\d{4}' and coalesce(u.end_date, u.start_date) ~ '^\d{4}'),
                            array[]::text[]))
from unit u
join archive a on a.tenant_id = u.tenant_id and a.archive_id = u.archive_id
join agreement g on g.tenant_id = a.tenant_id and g.agreement_id = a.agreement_id
where u.tenant_id = s.tenant_id and u.unit_id = s.unit_id;
create index unit_search_by_title on unit_search (tenant_id, title_key, sorted_at desc, unit_id desc);
create index unit_search_newest on unit_search (tenant_id, sorted_at desc, unit_id desc);
alter table unit_search alter column text set statistics 1000;

-- The place of a unit among those right below another, where it is looked for: a branch of a hundred thousand opens at once.
alter table unit_link add column ordinal integer;
update unit_link l set ordinal = u.ordinal from unit u where u.tenant_id = l.tenant_id and u.unit_id = l.child_id;
alter table unit_link alter column ordinal set not null;
create index unit_link_in_order on unit_link (tenant_id, parent_id, ordinal);

-- Terms [[{"words": …}, {"phrase": …}, {"lexeme": …}], …], each answered in any of its ways, as one question to a text; null: no term
-- says anything. In a title words weigh A, and identifiers and dates are the unit's own ('#!', '@!').
create function asked_text(terms jsonb, in_title boolean) returns tsquery
    language plpgsql stable parallel safe
    set search_path = public, pg_temp
    set client_min_messages = warning       -- of a question of small words alone
as $$
declare
    whole tsquery;
    one tsquery;
    part tsquery;
    term jsonb;
    said jsonb;
    lexeme text;
begin
    for term in select jsonb_array_elements(terms) loop
        one := null;
        for said in select jsonb_array_elements(term) loop
            if said ? 'lexeme' then
                lexeme := said ->> 'lexeme';
                if in_title and left(lexeme, 1) in ('#', '@') then
                    lexeme := left(lexeme, 1) || '!' || ltrim(substr(lexeme, 2), '!');
                end if;
                part := ('''' || replace(replace(lexeme, '\', '\\'), '''', '''''') || '''')::tsquery;
            else
                part := case when said ? 'words' then plainto_tsquery('french_unaccented', said ->> 'words')
                             else phraseto_tsquery('french_unaccented', said ->> 'phrase') end;
                if in_title and numnode(part) > 0 then
                    part := regexp_replace(part::text, '''(?:[^'']|'''')+''', '\&:A', 'g')::tsquery;
                end if;
            end if;
            if numnode(part) > 0 then
                one := coalesce(one || part, part);
            end if;
        end loop;
        whole := coalesce(whole && one, one, whole);
    end loop;
    return whole;
end
$$;

-- By the index of words alone: for what is too rare to be met soon among the newest.
create function search_rare(wanted tsquery, apart text, before_at timestamptz, before_id uuid, most integer)
    returns table (unit_id uuid, sorted_at timestamptz, text tsvector, title_key text)
    language sql stable
    set search_path = public, pg_temp
    set enable_seqscan = off
    set enable_indexscan = off
    set plan_cache_mode = force_custom_plan
begin atomic
    select s.unit_id, s.sorted_at, s.text, s.title_key
    from unit_search s
    where s.tenant_id = current_tenant()
      and s.text @@ wanted
      and (before_at is null or (s.sorted_at, s.unit_id) < (before_at, before_id))
      and (apart is null or s.title_key <> apart)
    order by s.sorted_at desc, s.unit_id desc
    limit most;
end;

-- Units that answer a question (`catalog::question::Understood`), newest first, `most` of them after the one named by (before_at,
-- before_id); nulls to begin, and then those whose title is the question stand before, unless there are too many to tell apart.
-- `rank`: 0 the very thing, 1 its title says the words in their order, 2 its title says them all, 3 the rest.
--
-- A common word is met soon among the newest, a rare one has few rows in the index of words; what is which is told by looking at the
-- newest few thousand. So the cost is bounded either way, for a question of common words as well.
create function search_units(question jsonb, before_at timestamptz, before_id uuid, most integer)
    returns table (unit_id uuid, sorted_at timestamptz, rank smallint, apart boolean)
    language plpgsql stable security definer
    set search_path = public, pg_temp
    set enable_seqscan = off
    set plan_cache_mode = force_custom_plan
as $$
#variable_conflict use_column
declare
    tenant uuid := current_tenant();
    wanted tsquery := asked_text(question -> 'all', false);
    unwanted tsquery := asked_text(question -> 'none', false);
    in_title tsquery := asked_text(question -> 'all', true);
    in_order tsquery := asked_text(jsonb_build_array(jsonb_build_array(
        jsonb_build_object('phrase', question ->> 'phrase'))), true);
    own tsquery := asked_text(question -> 'own', false);
    key text := question ->> 'key';
    same text;
    looked constant integer := 4000;
    walked_most constant integer := 60000;
    walked integer;
    met integer;
begin
    most := least(most, 1001);
    if tenant is null or (wanted is null and jsonb_array_length(question -> 'all') > 0) then
        return;
    end if;
    if unwanted is not null then
        wanted := coalesce(wanted && !!unwanted, !!unwanted);
    end if;
    if key is not null and wanted is not null then
        select count(*) into met from (
            select from unit_search s where s.tenant_id = tenant and s.title_key = key limit 1001) s;
        if met between 1 and 1000 then
            same := key;
            if before_at is null then
                return query
                    select s.unit_id, s.sorted_at, 0::smallint, true from unit_search s
                    where s.tenant_id = tenant and s.title_key = key and s.text @@ wanted
                    order by s.sorted_at desc, s.unit_id desc;
            end if;
        end if;
    end if;
    select count(*), count(*) filter (where wanted is null or s.text @@ wanted) into walked, met
    from (select s.text from unit_search s
          where s.tenant_id = tenant
            and (s.sorted_at, s.unit_id) < (coalesce(before_at, 'infinity'),
                                            coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
          order by s.sorted_at desc, s.unit_id desc
          limit looked) s;
    if walked < looked or met::bigint * walked_most >= most::bigint * looked then
        return query
            select s.unit_id, s.sorted_at,
                   (case when s.title_key = key or s.text @@ own then 0
                         when s.text @@ in_order and s.text @@ in_title then 1
                         when s.text @@ in_title then 2 else 3 end)::smallint, false
            from (select s.unit_id, s.sorted_at, s.text, s.title_key from unit_search s
                  where s.tenant_id = tenant
                    and (s.sorted_at, s.unit_id) < (coalesce(before_at, 'infinity'),
                                                    coalesce(before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
                  order by s.sorted_at desc, s.unit_id desc
                  limit 2147483647) s
            where (wanted is null or s.text @@ wanted) and (same is null or s.title_key <> same)
            limit most;
    else
        return query
            select s.unit_id, s.sorted_at,
                   (case when s.title_key = key or s.text @@ own then 0
                         when s.text @@ in_order and s.text @@ in_title then 1
                         when s.text @@ in_title then 2 else 3 end)::smallint, false
            from search_rare(wanted, same, before_at, before_id, most) s;
    end if;
end
$$;
revoke all on function search_units(jsonb, timestamptz, uuid, integer) from public;
grant execute on function search_units(jsonb, timestamptz, uuid, integer) to chartrier_service;
revoke all on function search_rare(tsquery, text, timestamptz, uuid, integer) from public;

-- Requests for a derogation (code du patrimoine, L213-3) as they are made: what follows of them comes later.
create table derogation_request (
    tenant_id             uuid not null default current_tenant(),
    derogation_request_id uuid not null,
    unit_id               uuid not null,
    person_id             uuid not null,
    reason                text not null,        -- as written: personal, hence not in the journal
    opens_on              date,                 -- when the unit opens to anybody, as it was said that day
    asked_at              timestamptz not null,
    seen_at               timestamptz,          -- null: deposited (déposée); otherwise seen (vue)
    seen_by               uuid,
    constraint derogation_request_pkey primary key (tenant_id, derogation_request_id),
    constraint derogation_request_of_unit foreign key (tenant_id, unit_id) references unit (tenant_id, unit_id),
    constraint derogation_request_reason_bounded check (char_length(reason) between 1 and 2000),
    constraint derogation_request_seen_by_somebody check ((seen_at is null) = (seen_by is null))
);
create index derogation_request_by_date on derogation_request (tenant_id, asked_at desc, derogation_request_id desc);
-- One that waits, of one person for one unit: a form sent twice is one request.
create unique index derogation_request_open_once on derogation_request (tenant_id, unit_id, person_id) where seen_at is null;
create index derogation_request_open on derogation_request (tenant_id, asked_at) where seen_at is null;
call guard_tenant_table('derogation_request');
grant select, insert, update (seen_at, seen_by) on derogation_request to chartrier_service;
