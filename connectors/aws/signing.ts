import { answerOf, isStale, told } from './answers.ts'

/** A request that waited so long that its signature ran out is signed again: AWS refused it before doing anything. */
export async function signedAnew<T>(account: string, operation: string, send: () => Promise<T>, left = 2): Promise<T> {
  try {
    return await send()
  } catch (error) {
    const answer = answerOf(error)
    if (left > 0 && answer && isStale(answer.code, answer.message))
      return signedAnew(account, operation, send, left - 1)
    throw told(account, operation, error)
  }
}
