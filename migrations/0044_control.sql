-- The Archives départementales whose director controls the member's archives (norms §8).
alter table member add column control text;
