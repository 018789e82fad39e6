-- What (A) needs besides the tables that popug has now: a company, whose number is 1, and a sequence to number its
-- events by.
insert into :schema.companies (id) values ('by hand');

create sequence :schema.numbers;
