/**
 * The tables of a host of many companies: which there are, and who does their work.
 */
export const manyCompanies = (schema: string): ReadonlyArray<string> => [
  // Of a host: which companies there are, in whichever database.
  `create table ${schema}.directory (
    id text collate "C" primary key,
    database text not null,
    status text not null check (status in ('open', 'resting')),
    settings json not null,
    moves int not null default 0 check (moves >= 0)
  )`,

  // Who does a company's work: nobody else before \`until_ms\`.
  `create table ${schema}.claims (
    company int primary key,
    until_ms bigint not null,
    attempts int not null check (attempts > 0)
  )`
]
