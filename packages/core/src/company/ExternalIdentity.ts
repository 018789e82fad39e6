/**
 * Who a user is to an identity provider: its name, and what it calls the user.
 */
import * as Schema from "effect/Schema"
import { UserId } from "../values/Ids.ts"

/**
 * An issuer and one of its subjects, as its tokens spell them. They are compared to the letter and never normalised:
 * two subjects that look alike are two people.
 */
export const ExternalIdentity = Schema.Struct({
  issuer: Schema.String.check(
    Schema.isPattern(/^[!-~]{1,500}$/u, { expected: "an issuer of 1-500 visible ASCII characters" })
  ),
  subject: Schema.String.check(
    Schema.isPattern(/^[^\p{Cc}\p{Cs}]{1,255}$/u, {
      expected: "a subject of 1-255 characters without control characters"
    })
  )
})
export type ExternalIdentity = typeof ExternalIdentity.Type

/** One text for each identity, and another for each other. */
export const keyOf = ({ issuer, subject }: ExternalIdentity): string => JSON.stringify([issuer, subject])

/** The identities of one user: each once, ten at most. */
export const Identities = Schema.Array(ExternalIdentity).check(
  Schema.isMaxLength(10),
  Schema.makeFilter(
    (identities: ReadonlyArray<ExternalIdentity>) =>
      new Set(identities.map(keyOf)).size === identities.length || "each identity once"
  )
)

/** The identity is another user's: one is of one user alone. */
export class IdentityTaken extends Schema.TaggedError<IdentityTaken>()("IdentityTaken", {
  issuer: Schema.String,
  subject: Schema.String,
  /** Whose it is. */
  id: UserId
}) {
  override get message(): string {
    return `subject ${this.subject} of ${this.issuer} is user ${this.id}`
  }
}
