import type { Tell } from "../i18n/texts.ts"
import type { Stream } from "./streams.ts"

/** What a consumer does, in words; a host's own is called as it calls itself. */
export const nameOf = (tell: Tell, { consumer, source }: Pick<Stream, "consumer" | "source">): string => {
  switch (consumer) {
    case "tasks":
    case "billing":
    case "billing.users":
    case "reports":
      return tell(`operator.name.${consumer}`)
    default:
      return tell("operator.name.other", { consumer, source })
  }
}
