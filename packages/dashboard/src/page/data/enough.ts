import { useEffect } from "react"

interface Loaded {
  readonly hasNextPage: boolean
  readonly isFetching: boolean
  readonly isError: boolean
  readonly fetchNextPage: () => unknown
}

/** About a screen of rows. */
const screen = 40

/** Goes on loading while what was looked through had less than a screen of what is looked for; whether it does. */
export const useEnough = ({ fetchNextPage, hasNextPage, isError, isFetching }: Loaded, count: number): boolean => {
  const goOn = hasNextPage && !isError && count < screen
  useEffect(() => {
    if (goOn && !isFetching) fetchNextPage()
  }, [goOn, isFetching, fetchNextPage])
  return goOn
}
