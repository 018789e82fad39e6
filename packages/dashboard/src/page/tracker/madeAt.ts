/**
 * When a task was made, by its id: the ids that popug gives begin with that instant (UUIDv7). Of others nobody can
 * tell.
 */
const timed = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/iu

export const madeAt = (id: string): Date | undefined => {
  const [, high, low] = timed.exec(id) ?? []
  return high === undefined ? undefined : new Date(Number.parseInt(high + low, 16))
}
