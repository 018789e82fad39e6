import { useStore } from "@nanostores/react"
import { useEffect } from "react"
import { $address } from "../address/address.ts"

interface List {
  readonly rows: ReadonlyArray<{ readonly number: number }>
  readonly isFar: boolean
  readonly more: (() => void) | undefined
  readonly answer: { readonly isFetching: boolean }
}

/** Loads a list as far as the entry that the address opens; whether it may still come. */
export const useWanted = ({ answer, isFar, more, rows }: List): boolean => {
  const { query } = useStore($address)
  const wanted = Number(query.get("entry") ?? Number.NaN)
  // The numbers fall: what is not there by the last one will not come.
  const mayCome =
    wanted > 0 && more !== undefined && !isFar && (rows.at(-1)?.number ?? Number.POSITIVE_INFINITY) > wanted
  useEffect(() => {
    if (mayCome) more()
  }, [mayCome, more, rows])
  return mayCome || answer.isFetching
}
