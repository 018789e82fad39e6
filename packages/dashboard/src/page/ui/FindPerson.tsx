/**
 * Somebody by a part of their name, of a company of any size.
 */
import { useState } from "react"
import { type Person as Known, useFoundPeople } from "../data/people.ts"
import { Find, matching, type Option } from "./Find.tsx"
import { Named } from "./Person.tsx"

interface Props {
  readonly label: string
  readonly none: string
  readonly choose: (id: string) => void
  /** What else can be chosen, before the people. */
  readonly others?: ReadonlyArray<Option>
  /** What stands beside a name. */
  readonly noteOf?: ((id: string) => string) | undefined
  /** Who can be chosen, and who comes first. */
  readonly among?: (people: ReadonlyArray<Known>) => ReadonlyArray<Known>
}

const all = (people: ReadonlyArray<Known>): ReadonlyArray<Known> => people

export const FindPerson = ({ among = all, choose, label, none, noteOf, others = [] }: Props) => {
  const [words, setWords] = useState("")
  const options = among(useFoundPeople(words)).map(({ id, name }) => ({
    id,
    text: `${name} ${id}`,
    shown: (
      <>
        <Named id={id} name={name} />
        {noteOf !== undefined && <span className="soft small">{noteOf(id)}</span>}
      </>
    )
  }))
  return (
    <Find
      label={label}
      none={none}
      options={[...matching(others, words), ...options]}
      search={setWords}
      choose={choose}
    />
  )
}
