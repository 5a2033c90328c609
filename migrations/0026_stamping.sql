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

-- Witnesses (C2SP tlog-witness): another service that saw the platform's heads follow one another says so under each.
create table platform.cosignature (
    number      bigint not null,      -- of the platform's seal
    witness     text not null,        -- name of the witness's key
    line        text not null,        -- as it stands under the note
    cosigned_at timestamptz not null, -- as the witness tells
    published   text[] not null default '{}',   -- sites that have it
    constraint cosignature_pkey primary key (number, witness),
    constraint cosignature_of_seal foreign key (number) references platform.seal (number)
);
grant select, insert, update (published) on platform.cosignature to chartrier_technical;

-- How far each witness saw, and why it did not answer.
create table platform.witness_state (
    witness       text not null,      -- name of its key
    size          bigint not null,    -- leaves under the last head that it cosigned
    tried_at      timestamptz not null,
    trouble       text,               -- in French; null: it cosigned the last head it was shown
    forked        boolean not null default false,   -- it saw another story than ours
    trouble_since timestamptz,
    constraint witness_state_pkey primary key (witness),
    constraint witness_state_trouble_dated check ((trouble is null) = (trouble_since is null))
);
grant select, insert, update on platform.witness_state to chartrier_technical;

-- Logs of other services that this one is the witness of: the last head of each that it cosigned, never a smaller one.
create table platform.witnessed (
    origin      text not null,
    size        bigint not null,
    root        bytea not null,
    note        text not null,        -- the head, with the log's signature and ours
    cosigned_at timestamptz not null,
    constraint witnessed_pkey primary key (origin),
    constraint witnessed_root_length check (octet_length(root) = 32)
);
grant select, insert, update on platform.witnessed to chartrier_technical;
