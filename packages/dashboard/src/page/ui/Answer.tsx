import * as Cause from "effect/Cause"
import * as AsyncResult from "effect/reactivity/AsyncResult"
import type { ReactNode } from "react"
import { registry, useAtom } from "../atoms/atoms.ts"
import type { Asked } from "../data/ask.ts"
import { wordsOf } from "../data/problems.ts"
import { useTexts } from "../i18n/texts.ts"
import { Button } from "./Button.tsx"
import "./answer.css"

interface Props<A, E> {
  readonly to: Asked<A, E>
  readonly children: (answer: A) => ReactNode
}

/** What the server answers; until then that it is asked, and what went wrong with a way to try again. */
export const Answer = <A, E>({ children, to }: Props<A, E>) => {
  const tell = useTexts()
  const result = useAtom(to)
  if (AsyncResult.isSuccess(result)) return <>{children(result.value)}</>
  if (AsyncResult.isInitial(result) || result.waiting) {
    return (
      <p className="answer-waits">
        <span className="unseen">{tell("state.loading")}</span>
      </p>
    )
  }
  return (
    <div className="answer-failed" role="alert">
      <p>{wordsOf(Cause.squash(result.cause))}</p>
      <Button onClick={() => registry.refresh(to)}>{tell("state.retry")}</Button>
    </div>
  )
}
