import { useName } from "../data/people.ts"
import { useTexts } from "../i18n/texts.ts"
import { Chosen } from "../ui/Chosen.tsx"
import { FindPerson } from "../ui/FindPerson.tsx"
import { Named } from "../ui/Person.tsx"

/** Whose entries are listed: everybody's, or somebody's. */
export const OwnerFilter = ({ owner }: { readonly owner: string }) => {
  const tell = useTexts()
  const name = useName(owner)
  return (
    <Chosen
      name="owner"
      title={tell("audit.owner")}
      any={tell("audit.everybody")}
      chosen={owner === "" ? null : <Named id={owner} name={name} />}
    >
      {(choose) => <FindPerson label={tell("audit.owner.name")} none={tell("palette.none")} choose={choose} />}
    </Chosen>
  )
}
