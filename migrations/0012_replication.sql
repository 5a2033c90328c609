-- A site that is away, full or slow keeps its copies waiting: the transfer stays accepted, says so, and goes on by itself.
-- The state is enumerated here and used by 0016, since a value added to an enumeration serves after its commit only.
alter type transfer_state add value 'awaiting_replication' after 'sealed';

-- Sites that had no copy at the last attempt, and since when one has been missing.
alter table transfer add column waiting_sites text[] not null default '{}';
alter table transfer add column waiting_since timestamptz;

-- On which sites the archives of a member are kept: two at least, of two locations; null: on all there are.
alter table member add column sites text[];
alter table member add constraint member_sites_two check (cardinality(sites) >= 2);

-- A job that waits for something outside says for what, so that operators see one cause and not its thousand effects.
alter table technical.job add column waits_for text;
