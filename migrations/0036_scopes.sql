-- A role is given for a member, and within it for producing services and agreements (norms §8).

-- Null: all of them. Identifiers, as the parties and the agreements of the member bear them.
alter table assignment add column agreements text[];
alter table assignment add column producers text[];
grant update on assignment to chartrier_service;

-- What a producing service may follow of what is not taken in charge yet.
alter table transfer add column originating_agency text;
update transfer t set originating_agency = a.originating_agency
from archive a where a.tenant_id = t.tenant_id and a.transfer_id = t.transfer_id;

-- Whether what came under this agreement, from this producer, by this depositor, is reached by one of these
-- ways: [{"agreements": […], "producers": […], "depositor": "…"}], what is null restricting nothing.
create function reached(ways jsonb, of_agreement text, of_producer text, of_depositor uuid) returns boolean
    language sql immutable parallel safe
    return exists (
        select from jsonb_to_recordset(ways) as way (agreements text[], producers text[], depositor uuid)
        where (way.agreements is null or of_agreement = any (way.agreements))
          and (way.producers is null or of_producer = any (way.producers))
          and (way.depositor is null or of_depositor = way.depositor));
