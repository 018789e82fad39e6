/** Those whose name or id has all the words, by name. */
export const peopleNamed = <P extends { readonly id: string; readonly name: string }>(
  people: ReadonlyArray<P>,
  words: string
): ReadonlyArray<P> => {
  const wanted = words.toLocaleLowerCase().split(/\s+/u)
  return people
    .filter(({ id, name }) => {
      const text = `${name} ${id}`.toLocaleLowerCase()
      return wanted.every((word) => text.includes(word))
    })
    .toSorted((one, other) => one.name.localeCompare(other.name))
}
