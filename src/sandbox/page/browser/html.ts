/** Markup in plain JavaScript, drawn by Preact. */
import htm from 'htm'
import { type ComponentChild, h } from 'preact'

export const html = (htm as unknown as { bind(of: typeof h): unknown }).bind(h) as (
  text: TemplateStringsArray,
  ...values: unknown[]
) => ComponentChild
export type Drawn = ComponentChild
