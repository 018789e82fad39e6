/** What `npm run bench -- --help` says; the names are those of the rows of each part. */
export const help = (names: {
  readonly memory: ReadonlyArray<string>
  readonly postgres: ReadonlyArray<string>
  readonly companies: ReadonlyArray<string>
  readonly http: ReadonlyArray<string>
  readonly page: ReadonlyArray<string>
}): string => `What popug does in a second, beside the same done by hand.

Usage: npm run bench -- [what] [options]

  ${names.memory.join(", ")}
              Rows of the company in memory beside plain TypeScript; all of them when none is named
  postgres    The stores on Postgres beside SQL written by hand (a quarter of an hour); rows may be named after it:
              ${names.postgres.join(", ")}
  companies   Many companies in one database (five minutes); rows may be named after it:
              ${names.companies.join(", ")}
  services    Contexts in processes of their own beside all of them in one (five minutes)
  http        The HTTP server beside node:http, Fastify and Nest (eight minutes); rows may be named after it:
              ${names.http.join(", ")}
  page        The page in a Chromium: from the click to the painted answer (two minutes); rows may be named after it:
              ${names.page.join(", ")}

Options of postgres:
  --scale NUMBER     Multiplies every count (default: 1)
  --history NUMBER   How many transfers the ledger gets before it is measured again (default: 3000000)
  --statements       Where the server's time goes

Options of companies:
  --companies NUMBER How many a database has (default: 10000, at least 100)
  --statements       Where the server's time goes

Options of services:
  --seconds NUMBER   How long each company is loaded by so many callers in a round (default: 1.5)
  --rounds NUMBER    How many rounds (default: 5)

Options of http:
  --seconds NUMBER   How long each server is loaded in each of eleven rounds (default: 0.5)

  --help             Show this

A whole run writes its table to docs/benchmarks.md; one with named rows or options writes nothing.

Examples:
  npm run bench -- fold close
  npm run bench -- postgres singles latency --scale 0.1
  npm run bench -- postgres rows --scale 0.2
  npm run bench -- companies midnight --companies 500
  npm run bench -- services --seconds 0.5 --rounds 2
  npm run bench -- http compare layers --seconds 0.3
`
