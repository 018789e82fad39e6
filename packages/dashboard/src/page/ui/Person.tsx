import { useName } from "../data/people.ts"
import { Face } from "./Face.tsx"

/** Somebody by face and name. */
export const Person = ({ id }: { readonly id: string }) => {
  const name = useName(id)
  return (
    <span className="person">
      <Face id={id} name={name} />
      <bdi className="person-name">{name}</bdi>
    </span>
  )
}
