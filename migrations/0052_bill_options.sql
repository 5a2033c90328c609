-- What else a year is closed by: who is exempt, the price list, whether it is what members owe, days of work; and fees, charged once.

alter table platform.bill_year add column options jsonb not null default '{}';
alter table platform.bill_credit drop constraint bill_credit_kind_check;
alter table platform.bill_credit add constraint bill_credit_kind_known check (kind in ('in_kind', 'advance', 'fee'));
