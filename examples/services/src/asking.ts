/**
 * How a context reaches the others: whom it asks, whom it answers, and what carries events between them.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { items, pairs } from "@popug-examples/server/kinds"
import type { Envelope, StoreError } from "@popug/core"
import type { ContextName } from "@popug/http/api"
import { Bell, type Credential } from "@popug/http/server"
import { Peer, PollingBus, Polls } from "@popug/http/services"
import { Nats } from "@popug/nats"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { addresses, type Settings } from "./settings.ts"

/** Several processes of a context as one: that which answered last is asked first. */
const anyOf = (peers: readonly [Peer.Peer, ...ReadonlyArray<Peer.Peer>]): Peer.Peer => {
  let last = 0
  const first = <A>(ask: (peer: Peer.Peer) => Effect.Effect<A, StoreError>) => {
    const attempt = (from: number, tried: number): Effect.Effect<A, StoreError> => {
      const at = (from + tried) % peers.length
      return ask(peers[at]!).pipe(
        Effect.tap(Effect.sync(() => void (last = at))),
        Effect.catch((error) =>
          error.retryable && tried + 1 < peers.length ? attempt(from, tried + 1) : Effect.fail(error)
        )
      )
    }
    return Effect.suspend(() => attempt(last, 0))
  }
  return {
    name: peers[0].name,
    ask: (question) => first((peer) => peer.ask(question)),
    wait: (question, patience) => first((peer) => peer.wait(question, patience))
  }
}

/** Another context, as this one asks it. */
export const peer = (settings: Settings, name: ContextName) =>
  Effect.gen(function* () {
    // Its connections last as long as the process. Through `fetch` a question takes half as long again.
    const client = yield* Layer.build(NodeHttpClient.layerUndici)
    const peers = yield* Effect.forEach(addresses(settings)[name], (url) =>
      Effect.provideContext(Peer.make({ name, url, key: Redacted.make(settings.POPUG_KEY!) }), client)
    )
    return anyOf(peers as [Peer.Peer, ...Array<Peer.Peer>])
  })

/** Who may ask this context, and by which keys. */
export const credentials = ({ POPUG_KEYS: keys }: Settings): ReadonlyArray<Credential> =>
  [...Map.groupBy(keys === undefined ? [] : pairs(keys), ([service]) => service)].map(([service, all]) => ({
    service,
    keys: all.map(([, key]) => Redacted.make(key))
  }))

/** Those who write the events that a context follows. */
export type Producers = Partial<Readonly<Record<Envelope.Source, Peer.Peer>>>

/**
 * What carries events: NATS where there is one, and for what it loses the producers' logs; otherwise those logs, and
 * who writes them is asked for news all the time. The feed of this process, and whoever asks it for news, hear of each
 * commit at once.
 */
export const bus = ({ POPUG_NATS_URL: nats, POPUG_SERVICE: service }: Settings, producers: Producers) =>
  nats === undefined
    ? PollingBus.layer.pipe(Layer.provide(Polls.layer({ peers: producers })))
    : Layer.provide(
        Bell.layerBus,
        Nats.layer({
          servers: items(nats),
          connection: { name: `popug ${service}` },
          // What others write is theirs to send.
          relays: (["users", "tasks", "billing"] as const).filter((source) => source === service)
        })
      )
