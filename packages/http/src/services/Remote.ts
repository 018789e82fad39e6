/**
 * What a company's contexts ask of one another besides events, as the ports that they know.
 */
import {
  AuditTrail,
  Company,
  Directory,
  type DirectoryEntry,
  ExternalIdentity,
  IdentityDirectory,
  type Page,
  Payouts,
  Prices,
  type TaskId,
  UserId
} from "@popug/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Wire from "../api/services/Wire.ts"
import { batched } from "./batched.ts"
import { type Peer, type Question, reading } from "./Peer.ts"

/** How long whoever waits to act waits for the users. */
const patience = "3 seconds"

const pathOf = (company: string, path: string): string => `/companies/${encodeURIComponent(company)}/${path}`

/** What can be nobody's id is not asked for: one such question would have all that go with it refused. */
const isUserId = Schema.is(UserId)
const isIdentity = Schema.is(ExternalIdentity)

const readEntries = reading(Schema.Struct({ entries: Schema.Array(Wire.DirectoryEntry) }))

/** Who acts, asked of the users: nothing of it is kept. */
export const directory = (peer: Peer, company: string): Directory["Service"] => {
  const lookup = batched({
    most: Wire.mostIds,
    keyOf: (id: string) => id,
    answerOf: ({ id }: DirectoryEntry) => id as string,
    ask: (ids) =>
      Effect.map(
        peer.ask({
          method: "POST",
          path: pathOf(company, "directory"),
          body: { ids },
          read: readEntries,
          timeout: patience
        }),
        ({ entries }) => entries
      )
  })
  return { lookup: (ids) => lookup(ids.filter(isUserId)) }
}

export const layerDirectory = (peer: Peer): Layer.Layer<Directory, never, Company> =>
  Layer.effect(
    Directory,
    Effect.map(Company, ({ settings }) => directory(peer, settings.id))
  )

const readIds = reading(Schema.Struct({ ids: Schema.Array(UserId) }))
const readIdentities = reading(Schema.Struct({ entries: Schema.Array(Wire.IdentityEntry) }))
const keyOfIdentity = ({ issuer, subject }: ExternalIdentity) => JSON.stringify([issuer, subject])

/** Whose identities are, asked of the users. */
export const identities = (peer: Peer, company: string): IdentityDirectory["Service"] => {
  const lookup = batched({
    most: Wire.mostIdentities,
    keyOf: keyOfIdentity,
    answerOf: (entry: typeof Wire.IdentityEntry.Type) => keyOfIdentity(entry),
    ask: (asked: ReadonlyArray<ExternalIdentity>) =>
      Effect.map(
        peer.ask({
          method: "POST",
          path: pathOf(company, "identities"),
          body: { identities: asked.map(({ issuer, subject }) => ({ issuer, subject })) },
          read: readIdentities,
          timeout: patience
        }),
        ({ entries }) => entries
      )
  })
  const withoutIdentity = batched({
    most: Wire.mostIds,
    keyOf: (id: UserId) => id as string,
    answerOf: (id: UserId) => id as string,
    ask: (asked) =>
      Effect.map(
        peer.ask({
          method: "POST",
          path: pathOf(company, "without-identity"),
          body: { ids: asked },
          read: readIds,
          timeout: patience
        }),
        ({ ids }) => ids
      )
  })
  return {
    lookup: (asked) => lookup(asked.filter(isIdentity)),
    withoutIdentity: (asked) => withoutIdentity(asked.filter(isUserId))
  }
}

export const layerIdentities = (peer: Peer): Layer.Layer<IdentityDirectory, never, Company> =>
  Layer.effect(
    IdentityDirectory,
    Effect.map(Company, ({ settings }) => identities(peer, settings.id))
  )

const readPrices = reading(Schema.Struct({ prices: Schema.Array(Wire.TaskFee) }))

/** What tasks cost, asked of billing. */
export const prices = (peer: Peer, company: string): Prices["Service"] => ({
  fees: batched({
    most: Wire.mostIds,
    keyOf: (task: TaskId) => task as string,
    answerOf: ({ task }: typeof Wire.TaskFee.Type) => task as string,
    ask: (tasks) =>
      Effect.map(
        peer.ask({ method: "POST", path: pathOf(company, "prices"), body: { tasks }, read: readPrices }),
        ({ prices: found }) => found
      )
  })
})

export const layerPrices = (peer: Peer): Layer.Layer<Prices, never, Company> =>
  Layer.effect(
    Prices,
    Effect.map(Company, ({ settings }) => prices(peer, settings.id))
  )

/**
 * Reads a page whose rows come in the order of a key, above the one that was asked after. One that says that there is
 * more and does not come further would be read on for ever, and a row that comes twice be told of twice.
 */
const inOrder =
  <Row, Key extends string | number>(
    read: Question<Page<Row>>["read"],
    keyOf: (row: Row) => Key,
    after: Key | undefined
  ): Question<Page<Row>>["read"] =>
  (json) =>
    Result.flatMap(read(json), (page) => {
      let last = after
      for (const row of page.rows) {
        const key = keyOf(row)
        if (last !== undefined && key <= last) return Result.fail({ message: "its rows are not in order" })
        last = key
      }
      return page.more && page.rows.length === 0
        ? Result.fail({ message: "it has nothing, and says that there is more" })
        : Result.succeed(page)
    })

const readPayouts = reading(Wire.PayoutPage)

/** Who was paid out, asked of billing. */
export const payouts = (peer: Peer, company: string): Payouts["Service"] => ({
  of: (period, { after, limit }) =>
    peer.ask({
      method: "GET",
      path: pathOf(company, `payouts/${period}`),
      query: { after: after as UserId | undefined, limit: Math.min(limit, Wire.mostEvents) },
      read: inOrder(readPayouts, ({ owner }) => owner as string, after)
    })
})

export const layerPayouts = (peer: Peer): Layer.Layer<Payouts, never, Company> =>
  Layer.effect(
    Payouts,
    Effect.map(Company, ({ settings }) => payouts(peer, settings.id))
  )

const readAuditLog = reading(Wire.AuditPage)

/** The audit log of a period, asked of billing. */
export const auditTrail = (peer: Peer, company: string): AuditTrail["Service"] => ({
  of: (period, { after, limit }) =>
    peer.ask({
      method: "GET",
      path: pathOf(company, `audit-log/${period}`),
      query: { after, limit: Math.min(limit, Wire.mostEntries) },
      read: inOrder(readAuditLog, ({ transfer }) => transfer, after)
    })
})

export const layerAuditTrail = (peer: Peer): Layer.Layer<AuditTrail, never, Company> =>
  Layer.effect(
    AuditTrail,
    Effect.map(Company, ({ settings }) => auditTrail(peer, settings.id))
  )
