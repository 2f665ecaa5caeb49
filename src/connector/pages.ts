import { Rejected } from './errors.ts'

/** More pages than any list that is read for one person has; a vendor that goes on for ever must not take us along. */
const most = 1000

/** To be told each page before it is asked for. Throws Rejected where a list goes round in circles, or never ends. */
export function pageCounter(vendor: string): (page: string) => void {
  const seen = new Set<string>()
  return (page) => {
    if (seen.has(page))
      throw new Rejected(`${vendor} named the same page twice, so its list cannot be read to the end.`)
    if (seen.size >= most)
      throw new Rejected(`${vendor}'s list has more than ${most} pages, so it was not read to the end.`)
    seen.add(page)
  }
}
