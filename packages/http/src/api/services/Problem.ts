/**
 * What can be wrong with a question of one service to another, besides what can be wrong with any request.
 */
import * as Schema from "effect/Schema"
import { problem } from "../naming.ts"

/** 404: this service has no company of that id. */
export class UnknownCompany extends problem<UnknownCompany>()("UnknownCompany", 404, "No such company", {
  company: Schema.String
}) {}

/** 404: another service answers this. */
export class NotAnswered extends problem<NotAnswered>()("NotAnswered", 404, "Another service answers this", {
  question: Schema.String
}) {}

/** 403: the service's key is good, but it may not ask this. */
export class ServiceNotAllowed extends problem<ServiceNotAllowed>()(
  "ServiceNotAllowed",
  403,
  "The service may not ask this",
  { service: Schema.String, question: Schema.String }
) {}
