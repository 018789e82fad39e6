/**
 * The handlers of a group, kept as they were given. Effect's own `group` compiles every endpoint's schemas each time
 * that it is built: what a server does once for all companies is not to be done for each of them.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as Layer from "effect/Layer"
import type { Handled } from "./Endpoint.ts"

/** What `HttpApiBuilder.group` makes of a group; effect does not publish its shape, and is pinned. */
export interface Group {
  readonly routes: ReadonlyArray<unknown>
  readonly handlers: ReadonlyMap<string, Handled>
}

type Handler = Handled["handler"]
type Given = Handler | { readonly handler: Handler }

/** What a group's builder is given, by those of its methods that are used here. */
class Collected {
  readonly handlers = new Map<string, Handled>()
  readonly group: HttpApiGroup.Top

  constructor(group: HttpApiGroup.Top) {
    this.group = group
  }

  handle(name: string, handler: Handler): this {
    return this.#add(name, handler, false)
  }

  handleRaw(name: string, handler: Handler): this {
    return this.#add(name, handler, true)
  }

  handleAll(handlers: Readonly<Record<string, Given>>): this {
    for (const [name, given] of Object.entries(handlers)) {
      this.#add(name, typeof given === "function" ? given : given.handler, false)
    }
    return this
  }

  #add(name: string, handler: Handler, isRaw: boolean): this {
    this.handlers.set(name, { endpoint: this.group.endpoints[name]!, handler, isRaw })
    return this
  }
}

type Build = (handlers: Collected) => Collected | Effect.Effect<Collected>

/** As `HttpApiBuilder.group`, for `Contract.layer`. */
export const group: typeof HttpApiBuilder.group = ((api: HttpApi.Top, name: string, build: Build) =>
  Layer.effectContext(
    Effect.suspend(() => {
      const group = (api.groups as Readonly<Record<string, HttpApiGroup.Top>>)[name]!
      const built = build(new Collected(group))
      return Effect.map(Effect.isEffect(built) ? built : Effect.succeed(built), ({ handlers }) =>
        Context.makeUnsafe(new Map([[group.key, { routes: [], handlers } satisfies Group]]))
      )
    })
  )) as never
