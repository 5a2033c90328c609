-- Time stamps asked for with measure: later and later from authorities that are away, once a day from one that has nothing better
-- to give; and what a site holds under a token's name that is not the token.

alter table platform.stamping
    add column failures       integer not null default 0,  -- attempts without an answer since the last token
    add column next_at        timestamptz,                 -- not asked again before; null: at the next turn
    add column renewal_since  timestamptz,                 -- since when tokens that end are not renewed; null: all are
    add column renewal_reason text,                        -- why, in French
    add column renewal_ends   timestamptz,                 -- when the certificate of the first of them ends
    add constraint stamping_renewal_whole
        check ((renewal_since is null) = (renewal_ends is null));

-- What each authority last answered to a renewal, so that a restart does not ask again.
create table platform.renewal_request (
    authority        text not null,        -- as settings name it
    asked_at         timestamptz not null,
    certificate_ends timestamptz,          -- of the token it gave; null: it gave none
    constraint renewal_request_pkey primary key (authority)
);
grant select, insert, update on platform.renewal_request to chartrier_technical;

alter table platform.token
    add column contradicted text[] not null default '{}';  -- sites that hold other bytes under its name
grant update (contradicted) on platform.token to chartrier_technical;

-- A member may have its own heads stamped beside the platform's: what proves its journal then needs no other log.
alter table member add column own_stamps boolean not null default false;
