/**
 * What a server of the benchmark is to the process that runs it.
 */
interface Running {
  readonly port: number
  /** What a caller has to send besides. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Starts listening on a free port of 127.0.0.1; the process ends it. */
export type Start = (variant: string) => Promise<Running>

export const host = "127.0.0.1"
