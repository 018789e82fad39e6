import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query"
import type { ReactNode } from "react"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "./Button.tsx"
import "./answer.css"

interface Props<A> {
  readonly to: UseQueryResult<A, unknown> | UseInfiniteQueryResult<A, unknown>
  /** What will be there: it takes the room until then, so that nothing jumps. */
  readonly shape?: "line" | "card" | "rows"
  readonly children: (answer: A) => ReactNode
}

/**
 * What the server answers; until then that it is asked, and what went wrong with a way to try again: also where more of
 * a list could not be had.
 */
export const Answer = <A,>({ children, shape = "line", to }: Props<A>) => {
  const tell = useTexts()
  if (to.data !== undefined) {
    return (
      <>
        {children(to.data)}
        {"fetchNextPage" in to && to.isFetchNextPageError && <Failed error={to.error} again={to.fetchNextPage} />}
      </>
    )
  }
  if (to.error === null) {
    return (
      <p className="answer-waits" data-shape={shape}>
        <span className="unseen">{tell("state.loading")}</span>
      </p>
    )
  }
  return <Failed error={to.error} again={to.refetch} />
}

const Failed = ({ again, error }: { readonly error: unknown; readonly again: () => unknown }) => {
  const tell = useTexts()
  return (
    <div className="answer-failed" role="alert">
      <p>{wordsOf(error)}</p>
      <Button onClick={() => void again()}>{tell("state.retry")}</Button>
    </div>
  )
}
