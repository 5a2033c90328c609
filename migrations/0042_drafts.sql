-- An agreement is prepared by the member's administrator and validated by its archivist before it is open to deposits (norms §8).
alter table agreement drop constraint agreement_state_known;
alter table agreement add constraint agreement_state_known check (state in ('draft', 'active', 'suspended'));
alter table agreement add column prepared_by uuid;
alter table agreement add column validated_by uuid;
alter table agreement add column validated_at timestamptz;
alter table agreement add constraint agreement_two_persons check (validated_by is null or validated_by <> prepared_by);
