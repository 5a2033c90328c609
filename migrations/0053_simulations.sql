-- Simulations that the pilot keeps: what a change would make, next year by the trend, one's own hosting beside the shared one.

create table platform.simulation (
    simulation_id uuid not null,
    name          text not null,
    content       text not null,        -- JSON: what was asked, and what it gave
    made_at       timestamptz not null,
    made_by       uuid not null,
    constraint simulation_pkey primary key (simulation_id)
);
grant select, insert, delete on platform.simulation to chartrier_technical;
