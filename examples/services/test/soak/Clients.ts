/**
 * The people of the company, over HTTP and through the front alone: they choose as those of the simulation do, and send
 * a command under its key until it is answered.
 */
import { setTimeout as sleep } from "node:timers/promises"
import { Actor, Digest, EventLog, type UserId } from "@popug/core"
import { DevLogin } from "@popug/http/server"
import { Peer, RemoteEventLog } from "@popug/http/services"
import { Postgres } from "@popug/postgres"
import { Elsewhere } from "@popug/testkit/simulation"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as References from "effect/References"
import { keysOf } from "../../src/keys.ts"
import type { Company } from "../../src/supervise.ts"
import { secret } from "./Deployment.ts"
import { commandOf, outcomeOf, type Request, requestOf } from "./requests.ts"

type Asked = Elsewhere.Asked

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any -- whoever asks knows what to find
  readonly json: any
}

/** How long a request may take before it counts as lost, in milliseconds. */
const patience = 6_000

const tokens = Layer.build(
  DevLogin.layerShared({ secret: Redacted.make(secret), now: DateTime.now }).pipe(
    Layer.provideMerge(Postgres.layerDigest),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
)

/** What the contexts tell one another, asked by the soak with the keys of two of them. */
const logs = (company: Company) =>
  Effect.gen(function* () {
    const { sha256 } = yield* Digest.Digest
    const log = (name: "users" | "tasks" | "billing", as: "billing" | "reports") =>
      Effect.map(
        Peer.make({ name, url: company.parts.get(name)!.url, key: keysOf(as, secret)["POPUG_KEY"]! }),
        (peer) => RemoteEventLog.make(peer, "popug", sha256)
      )
    return EventLog.combined({
      users: yield* log("users", "billing"),
      tasks: yield* log("tasks", "billing"),
      billing: yield* log("billing", "reports")
    })
  }).pipe(Effect.provide([FetchHttpClient.layer, Postgres.layerDigest]))

/** The first admin, whom the users context makes by itself. */
const first = (): Asked => {
  const act = { _tag: "CreateUsers", users: [{ id: "admin", name: "admin", roles: ["admin"] }] } as const
  return Object.assign(Elsewhere.ask({ id: "first", actor: Actor.system, act }), {
    attempts: 1,
    sentAt: 0,
    outcome: { _tag: "Acknowledged" as const, answer: null }
  })
}

export class Clients {
  readonly asked: Array<Asked> = [first()]
  /** When commands were answered, by their ids; epoch milliseconds. */
  readonly answeredAt = new Map<string, number>([["first", 0]])
  /** How many transfers there are, as far as is known. */
  transfers = 0
  readonly #company: Company
  readonly #view: Elsewhere.View
  readonly #issue: DevLogin.DevTokens["Service"]["issue"]
  readonly #tokens = new Map<string, string>()
  readonly #chance: Elsewhere.Chance
  readonly #popugs: number
  #number = 0
  #refreshed: Promise<unknown> | undefined
  readonly #under = new Set<Promise<void>>()

  private constructor(
    company: Company,
    log: EventLog["Service"],
    issue: DevLogin.DevTokens["Service"]["issue"],
    chance: Elsewhere.Chance,
    popugs: number
  ) {
    this.#company = company
    this.#issue = issue
    this.#chance = chance
    this.#popugs = popugs
    const head = Effect.sync(() => ({ journal: { number: this.transfers } }))
    this.#view = new Elsewhere.View(log, { head: head as never })
  }

  static async make(company: Company, chance: Elsewhere.Chance, popugs: number): Promise<Clients> {
    const [context, log] = await Effect.runPromise(Effect.scoped(Effect.all([tokens, logs(company)])))
    return new Clients(company, log, Context.get(context, DevLogin.DevTokens).issue, chance, popugs)
  }

  async #tokenOf(user: string): Promise<string> {
    let token = this.#tokens.get(user)
    if (token === undefined) {
      token = (await Effect.runPromise(this.#issue(user as UserId))).token
      this.#tokens.set(user, token)
    }
    return token
  }

  /** One request as somebody, through the front or straight; fails when no answer comes. */
  async send({ body, method, path }: Request, as = "admin", key?: string, url = this.#company.url): Promise<Answer> {
    const response = await fetch(url + path, {
      method,
      signal: AbortSignal.timeout(patience),
      headers: {
        authorization: `Bearer ${await this.#tokenOf(as)}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) }
  }

  /** A question; undefined when no answer comes. */
  async get(path: string, as = "admin", url = this.#company.url): Promise<Answer | undefined> {
    return this.send({ method: "GET", path }, as, undefined, url).catch(() => undefined)
  }

  async #answer(command: Elsewhere.Command, key: string, sent: () => void = () => undefined) {
    const { act, actor } = command
    for (let wait = 100; ; wait = Math.min(2 * wait, 2_000)) {
      sent()
      const as = actor._tag === "User" ? actor.id : ""
      const answer = await this.send(requestOf(act), as, key).catch(() => undefined)
      const outcome = answer === undefined ? undefined : outcomeOf(answer.status, answer.json)
      if (outcome !== undefined) return outcome
      await sleep(this.#chance.between(10, wait))
    }
  }

  /** Sends a command under a key of its own until it is answered, and sometimes again, or something else under it. */
  async perform(key: string, { act, actor }: Pick<Asked, "act" | "actor">): Promise<Asked> {
    const asked = Elsewhere.ask({ id: commandOf(actor, key), actor, act })
    this.asked.push(asked)
    const outcome = await this.#answer(asked, key, () => {
      asked.attempts += 1
      asked.sentAt ??= Date.now()
    })
    this.answeredAt.set(asked.id, Date.now())
    if (outcome._tag === "Acknowledged") {
      const chance = this.#chance.stream(key)
      if (chance.hit(0.1)) asked.again.push(await this.#answer(asked, key))
      if (chance.hit(0.05)) asked.conflicting.push(await this.#answer(Elsewhere.other(asked), key))
    }
    asked.outcome = outcome
    return asked
  }

  /** Those who are there from the beginning. */
  async found(): Promise<void> {
    const users = Elsewhere.founders(this.#popugs).filter(({ id }) => id !== "admin")
    await this.perform("found", { actor: Actor.user("admin"), act: { _tag: "CreateUsers", users } })
  }

  /** What is known of the company, as new as it can be had. */
  async #look(): Promise<void> {
    this.#refreshed ??= Effect.runPromise(
      this.#view.refresh.pipe(
        Effect.timeoutOption("1 second"),
        Effect.catchCause(() => Effect.void)
      )
    ).finally(() => void (this.#refreshed = undefined))
    await this.#refreshed
  }

  /** Somebody who is about to be put out works on all the same, for longer than the lease lasts. */
  async #goesOn(user: string, key: string): Promise<void> {
    const chance = this.#chance.stream(`${key} goes on`)
    const works: Array<Promise<unknown>> = []
    for (let index = 1; index <= 12; index++) {
      const tasks = [{ title: Elsewhere.titleOf(`${key}-${index}`, 0) }]
      works.push(this.perform(`${key}-${index}`, { actor: Actor.user(user), act: { _tag: "CreateTasks", tasks } }))
      await sleep(chance.between(100, 1_500))
    }
    await Promise.all(works)
  }

  async #one(): Promise<void> {
    await this.#look()
    const key = `c${++this.#number}`
    const chance = this.#chance.stream(this.#number)
    const options = { popugs: this.#popugs, byHand: false, mischief: true, apart: false }
    const choice = Elsewhere.choose(this.#view, chance, key, options)
    if (choice === undefined) return
    const { act } = choice
    if (act._tag === "UpdateUser" && act.change.status === "deactivated") {
      this.#also(this.#goesOn(act.change.id, key))
      await sleep(chance.between(200, 2_000))
    }
    await this.perform(key, choice)
  }

  #also(work: Promise<void>): void {
    const kept = work.finally(() => this.#under.delete(kept))
    this.#under.add(kept)
  }

  /** So many people work, one command after another each, until it is over. */
  async work(people: number, isOver: () => boolean): Promise<void> {
    const each = async () => {
      while (!isOver()) {
        await this.#one()
        await sleep(this.#chance.between(0, 150))
      }
    }
    await Promise.all(Array.from({ length: people }, each))
  }

  /** Waits until every command is answered; false if that takes too long. */
  async answered(within: number): Promise<boolean> {
    const end = Date.now() + within
    while (this.asked.some(({ outcome }) => outcome === undefined) || this.#under.size > 0) {
      if (Date.now() > end) return false
      await sleep(50)
    }
    return true
  }
}
