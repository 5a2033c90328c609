-- What a sender said of its upload, as it said it: a tus client asks for it back.
alter table technical.upload add column metadata text;
