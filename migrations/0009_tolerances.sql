-- Extensions of other systems that the transfers of an agreement may use (src/seda/tolerance.rs names them): none unless
-- the agreement says so. A member that comes from such a system deposits what it exports without rewriting it, and no
-- other member is touched by it.

alter table agreement add column tolerances text[] not null default '{}';
alter table agreement add constraint agreement_tolerances_known
    check (tolerances <@ array['update_operation', 'hold_rule']);
