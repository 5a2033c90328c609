-- A word that none of the newest four thousand units has: at most one unit in a thousand has it, so that the quarter of a million that
-- were asked first never held enough, and were asked for nothing. A million are asked at once.

-- Units that answer a question (`catalog::question::Understood`), newest first, `most` of them after the one named by (before_at,
-- before_id); nulls to begin, and then those whose title is the question stand before, unless there are too many to tell apart.
-- `rank`: 0 the very thing, 1 its title says the words in their order, 2 its title says them all, 3 the rest.
--
-- What is common is met soon among the newest, one unit after another; of the rest the index of words tells, among so many of the newest
-- stretches that they should hold enough. What is which is told by looking at the newest few thousand, and what was told wrongly costs
-- another look, four times as wide. So the cost is bounded by what is asked for, not by how many have the word.
create or replace function search_units(question jsonb, before_at timestamptz, before_id uuid, most integer)
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
    walked_most constant integer := 12000;
    stretch constant integer := 16384;
    walked integer;
    met integer;
    rare tsquery;
    many integer;
    stretches tsquery;
    beyond timestamptz;
    ids uuid[];
    times timestamptz[];
    ranks smallint[];
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
        -- Of what every answer has, what less than a twentieth of the newest have.
        with newest as materialized (
            select s.text from unit_search s where s.tenant_id = tenant order by s.sorted_at desc, s.unit_id desc limit 1000
        ), asked as materialized (
            select asked_any(array[lexeme]) as lexeme from asked_lexemes(question -> 'all') as lexeme
        )
        select string_agg(lexeme::text, '&')::tsquery into rare
        from asked
        where (select count(*) from asked) > 1
          and (select count(*) from newest where newest.text @@ asked.lexeme) < 50;
        many := case met when 0 then 64 else ceil(1.3 * most * looked / met / stretch) end;
        loop
            select asked_any(array_agg('=e:' || number) filter (where place <= many)), max(newest_at) filter (where place > many)
            into stretches, beyond
            from (select number, newest_at, row_number() over (order by newest_at desc, number desc) as place
                  from search_stretch
                  where tenant_id = tenant and oldest_at <= coalesce(before_at, 'infinity')) s;
            if beyond is null or many > 256 then
                stretches := null;
            end if;
            select array_agg(unit_id), array_agg(sorted_at), array_agg(rank) into ids, times, ranks
            from (select s.unit_id, s.sorted_at,
                         (case when s.title_key = key or s.text @@ own then 0
                               when s.text @@ in_order and s.text @@ in_title then 1
                               when s.text @@ in_title then 2 else 3 end)::smallint as rank
                  from search_by_words(wanted, coalesce(rare, wanted), stretches, same, before_at, before_id, most) s) s;
            exit when stretches is null or (cardinality(ids) >= most and beyond < times[most]);
            many := many * 4;
        end loop;
        return query select *, false from unnest(ids, times, ranks);
    end if;
end
$$;
