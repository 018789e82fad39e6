/**
 * Entries of one task: found among those that are listed, and among all tasks by those who may see them.
 */
import { keepPreviousData, useQuery } from "@tanstack/react-query"
import { useMemo, useState } from "react"
import { useSettled } from "../data/settled.ts"
import { useTexts } from "../i18n/texts.ts"
import { seesTasks } from "../session/me.ts"
import { popug, signedIn } from "../session/session.ts"
import { Chosen } from "../ui/Chosen.tsx"
import { Find, matching, type Option } from "../ui/Find.tsx"
import type { Entry } from "./entries.ts"
import { tasksIn, typedTask } from "./tasksIn.ts"

interface Props {
  readonly task: string
  readonly entries: ReadonlyArray<Entry>
}

export const TaskFilter = ({ entries, task }: Props) => {
  const tell = useTexts()
  const title = entries.find((entry) => entry.task?.id === task)?.task?.title
  return (
    <Chosen
      name="task"
      title={tell("audit.task")}
      any={tell("audit.tasks")}
      chosen={task === "" ? null : <bdi>{title ?? task}</bdi>}
    >
      {(choose) => <FindTask entries={entries} choose={choose} />}
    </Chosen>
  )
}

const option = ({ id, title }: { readonly id: string; readonly title: string }): Option => ({
  id,
  text: title,
  shown: <bdi>{title}</bdi>
})

const FindTask = ({
  choose,
  entries
}: {
  readonly entries: Props["entries"]
  readonly choose: (id: string) => void
}) => {
  const tell = useTexts()
  const [words, setWords] = useState("")
  const search = useSettled(words)
  const { data } = useQuery({
    queryKey: ["tasks", "found", search],
    queryFn: ({ signal }) => popug.tasks.list({ query: { search, order: "newest", limit: 50 } }, { signal }),
    enabled: seesTasks(signedIn()) && search !== "",
    placeholderData: keepPreviousData
  })
  const listed = useMemo(() => tasksIn(entries), [entries])
  const found = search === "" ? [] : (data?.data ?? [])
  const known = matching(listed.map(option), words)
  // Those have the words in what is not shown, too.
  const others = found.filter(({ id }) => !listed.some((one) => one.id === id)).map(option)
  const options = [...known, ...others]
  const typed = options.length === 0 ? typedTask(words) : undefined
  return (
    <Find
      label={tell("audit.task.name")}
      none={tell("palette.none")}
      options={
        typed === undefined ? options : [{ id: typed, text: typed, shown: tell("audit.task.id", { id: typed }) }]
      }
      search={setWords}
      choose={choose}
    />
  )
}
