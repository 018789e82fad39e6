/**
 * A nats-server under the workers, and what goes wrong with it.
 */
import { jetstreamManager } from "@nats-io/jetstream"
import { connect } from "@nats-io/transport-node"
import * as Proxy from "../../../nats/test/server/Proxy.ts"
import { launch } from "../../../nats/test/server/Server.ts"

const kinds = ["killed", "emptied", "cut off", "paused"] as const

export interface Broker {
  /** Where workers find it. */
  readonly servers: string
  /** Begins a trouble, another one each time; what it returns ends it. */
  readonly trouble: () => Promise<() => Promise<void>>
  /** How often it had which trouble. */
  readonly troubles: Readonly<Record<(typeof kinds)[number], number>>
  /** How many events it has, and what is wrong with their order, in a sentence each. */
  readonly carried: () => Promise<{ readonly messages: number; readonly disorder: ReadonlyArray<string> }>
  readonly stop: () => Promise<void>
}

export const open = async (): Promise<Broker> => {
  const server = await launch()
  const proxy = await Proxy.open(server.port)
  const troubles = { killed: 0, emptied: 0, "cut off": 0, paused: 0 }
  let times = 0
  const begin = {
    killed: async () => {
      await server.kill()
      return () => server.start()
    },
    emptied: async () => {
      await server.kill()
      return () => server.start({ empty: true })
    },
    "cut off": async () => {
      proxy.cut()
      return async () => proxy.mend()
    },
    paused: async () => {
      server.pause()
      return async () => server.resume()
    }
  } satisfies Record<(typeof kinds)[number], () => Promise<() => Promise<void>>>
  return {
    servers: proxy.url,
    troubles,
    trouble: () => {
      const kind = kinds[(times += 1) % kinds.length]!
      troubles[kind] += 1
      return begin[kind]()
    },
    carried: async () => {
      const connection = await connect({ servers: server.url })
      const manager = await jetstreamManager(connection)
      const last = new Map<string, number>()
      const wrong: Array<string> = []
      const { state } = await manager.streams.info("POPUG").catch(() => ({ state: { messages: 0 } }))
      const consumer = state.messages === 0 ? undefined : await manager.jetstream().consumers.get("POPUG")
      for (let left = state.messages; left > 0;) {
        for await (const message of await consumer!.fetch({ max_messages: Math.min(left, 1_000), expires: 5_000 })) {
          const number = Number(message.headers?.get("ce-number"))
          const before = last.get(message.subject) ?? 0
          if (!(number > before)) wrong.push(`${message.subject} has event ${number} behind ${before}`)
          last.set(message.subject, number)
          left = Math.min(left - 1, message.info.pending)
        }
      }
      await connection.close()
      return { messages: state.messages, disorder: wrong }
    },
    stop: async () => {
      await proxy.stop()
      await server.stop()
    }
  }
}
