/**
 * What a browser keeps between loads. Some keep nothing: whoever forbids that, or has no room left, loses it with the
 * page, and nothing else.
 */
export interface Kept {
  readonly get: (key: string) => string | null
  readonly set: (key: string, value: string) => void
  readonly remove: (key: string) => void
  readonly keys: () => ReadonlyArray<string>
}

/** Names of the browser's storages: to look at one is refused already where storing is. */
const over = (name: "localStorage" | "sessionStorage"): Kept => {
  /** What could not be kept: good until the page is loaded anew. */
  const here = new Map<string, string>()
  const attempt = <A>(use: (storage: Storage) => A, otherwise: A): A => {
    try {
      return use(window[name])
    } catch {
      return otherwise
    }
  }
  return {
    get: (key) => here.get(key) ?? attempt((storage) => storage.getItem(key), null),
    set: (key, value) => {
      const isThere = attempt((storage) => {
        storage.setItem(key, value)
        return true
      }, false)
      if (isThere) here.delete(key)
      else here.set(key, value)
    },
    remove: (key) => {
      here.delete(key)
      attempt((storage) => storage.removeItem(key), undefined)
    },
    keys: () => [...new Set([...here.keys(), ...attempt((storage) => Object.keys(storage), [])])]
  }
}

/** For as long as the tab is open. */
export const inTab = over("sessionStorage")
/** Until somebody clears it; for all tabs. */
export const inBrowser = over("localStorage")
