import { inspect } from 'node:util'
import { z } from 'zod'

/** A value that cannot be printed by accident; `reveal()` is the only way to it. */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [inspect.custom](): string {
    return '[secret]'
  }
}

/** Declares a setting as secret: it must come from `${NAME}` or `${NAME_FILE}`, never from the file itself. */
export function secret(): z.ZodType<Secret> {
  return z.instanceof(Secret, {
    error: 'is a secret: write ${NAME} to take it from the environment, or ${NAME_FILE} to take it from a file',
  })
}
