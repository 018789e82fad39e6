/**
 * How many bytes tables take on disk.
 */
import { connect, text } from "./sql.ts"

/** The bytes of each table of a schema, with its indexes and what is kept apart. */
export type Sizes = ReadonlyMap<string, number>

export const openSizes = async (url: string) => {
  const { client, close, run, runAll } = await connect(url, 1)
  const of = async (schema: string): Promise<Sizes> => {
    const rows = await run(
      client.unsafe<{ readonly name: string; readonly bytes: bigint }>(
        `select c.relname as name, pg_total_relation_size(c.oid) as bytes
          from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relkind = 'r'`,
        [text(schema)]
      )
    )
    return new Map(rows.map(({ bytes, name }) => [name, Number(bytes)]))
  }
  return {
    of,
    /** Frees the room of rows that were replaced, as the server does by itself now and then. */
    vacuum: async (schemas: ReadonlyArray<string>) => {
      for (const schema of schemas)
        await runAll([...(await of(schema)).keys()].map((table) => `vacuum ${schema}.${table}`))
    },
    close
  }
}
