/** What callers are told of a context that can't be asked, whoever has noticed. */
export const unreachable = (service: string): string =>
  `${service} can't be reached now: try again, a command under the same idempotency key`
