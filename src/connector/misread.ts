import type { z } from 'zod'

/** What is wrong with an answer, in words for people: "items.1.userId is missing". The first thing, where there are more. */
export function misread(error: z.ZodError): string {
  const [issue] = error.issues
  const where = issue?.path.length ? issue.path.join('.').slice(0, 100) : 'the whole of it'
  if (issue?.code !== 'invalid_type') return `${where} is not as expected`
  const article = /^[aeiou]/.test(issue.expected) ? 'an' : 'a'
  return issue.message.endsWith('received undefined')
    ? `${where} is missing`
    : `${where} is not ${article} ${issue.expected}`
}
