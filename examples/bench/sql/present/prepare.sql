-- What (A) needs besides the tables that popug has now: a sequence to number its events by.
create sequence :schema.numbers;
