/**
 * Chance that a seed repeats: streams of numbers by name, so that asking one more often does not change the others.
 */

export class Chance {
  readonly #seed: string
  #state: number

  constructor(seed: string) {
    this.#seed = seed
    this.#state = hash(seed)
  }

  /** A stream of its own, which depends on the seed and the name alone. */
  stream(name: string | number): Chance {
    return new Chance(`${this.#seed}/${name}`)
  }

  /** Uniform in `[0, 1)`; mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  /** A whole number from 1 up to `most`, small ones far more often. */
  skewed(most: number): number {
    return Math.max(1, Math.floor(most ** this.next()))
  }

  hit(probability: number): boolean {
    return probability > 0 && this.next() < probability
  }

  /** One of several; undefined of none. */
  pick<A>(items: ReadonlyArray<A>): A | undefined {
    return items[Math.floor(this.next() * items.length)]
  }

  /** One of the names, each as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries<number>(weights)
    let rest = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [name, weight] of entries) {
      rest -= weight
      if (rest < 0) return name as Name
    }
    return entries[0]![0] as Name
  }
}

/** FNV-1a over the text's code units, finished as murmur3 does. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return value ^ (value >>> 16)
}
