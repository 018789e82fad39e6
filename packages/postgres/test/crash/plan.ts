/**
 * What a worker process is told, and what it says.
 */
export interface Plan {
  readonly name: string
  readonly store:
    | { readonly kind: "postgres"; readonly url: string; readonly schema: string }
    | { readonly kind: "pglite"; readonly folder: string }
  /** Where the NATS is that carries the events; without it the store's own bus does. */
  readonly nats?: string
  /** How many of its fibers send commands, each one after another. */
  readonly writers: number
  /** How many commands each of them sends; without it, until the process is ended. */
  readonly commands?: number
  /** When the company's time began, and how many times faster than the clock it goes. */
  readonly began: number
  readonly factor: number
  /** Commands of a process that was killed before it got their answers. */
  readonly again: ReadonlyArray<Sent>
}

/** A command that makes tasks; every fourth is followed by something else. */
export interface Sent {
  readonly id: string
  readonly tasks: number
}

const workers = 12
export const userIds = Array.from({ length: workers }, (_, index) => `popug${index}`)

export const taskIds = ({ id, tasks }: Sent) => Array.from({ length: tasks }, (_, index) => `${id}.${index}`)
