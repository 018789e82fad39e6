/** The id of who caused an event; null for the company itself. */
export const actorOf = ({ actor }: { readonly actor: string }): string | null =>
  actor.startsWith("user:") ? actor.slice("user:".length) : null
