/**
 * Slack's limits on what an app may show, as a pure function. The figures are Slack's published ones; where practice
 * differs from the documents, the comment says who measured it.
 */
import type { z } from 'zod'
import { blocksOn, type Surface, views } from './limits-blocks.ts'
import { slackSays } from './limits-text.ts'

/** `update` is a message sent through chat.update, whose text may be shorter. */
export type Kind = 'message' | 'update' | 'modal' | 'home'

export interface Problem {
  /** Slack's error name: `invalid_blocks`, `msg_too_long`. */
  error: string
  /** With a JSON pointer where there is one. */
  message: string
}

/** What Slack would refuse about this payload: a message (`{ text, blocks, metadata }`), or a whole view. Empty when it is fine. */
export function problemsOf(kind: Kind, payload: unknown): string[] {
  return problems(kind, payload).map((one) => `${one.error}: ${one.message}`)
}

/** The same, with Slack's error names; the first one decides what Slack answers. */
export function problems(kind: Kind, payload: unknown): Problem[] {
  const thing = isThing(payload) ? payload : {}
  return kind === 'message' || kind === 'update' ? messageProblems(kind, thing) : viewProblems(kind, thing)
}

/** chat.postMessage cuts longer text off silently (docs.slack.dev/changelog/2018-truncating-really-long-messages). */
export const longestText = 40_000
/** Documented as characters, measured as UTF-8 bytes. */
const longestUpdate = 4000
const largestView = 250_000
/** Measured: a message is taken while its text and about 100 for each block stay below (slackapi/bolt-js#2509, #2867). */
const heaviestMessage = 13_200
const blockWeight = 100
const longestMarkdown = 12_000
const largestMetadata = 16_384

function messageProblems(kind: 'message' | 'update', payload: Thing): Problem[] {
  const found: Problem[] = []
  const add = (error: string, message: string) => void found.push({ error, message })
  const { text, blocks, metadata } = payload
  if (!text && (blocks === undefined || isEmpty(blocks))) add('no_text', 'a message needs text or blocks')
  if (kind === 'update' && typeof text === 'string' && Buffer.byteLength(text) > longestUpdate)
    add('msg_too_long', `text has ${Buffer.byteLength(text)} bytes, chat.update takes ${longestUpdate}`)
  if (metadata !== undefined) found.push(...metadataProblems(metadata))
  if (blocks === undefined) return found
  if (!Array.isArray(blocks)) return [...found, { error: 'invalid_blocks_format', message: 'blocks must be an array' }]
  for (const message of [...shape(blocksOn('message'), blocks, '/blocks'), ...across('message', blocks, '/blocks')])
    add('invalid_blocks', message)
  if (nested(blocks).filter((block) => block.type === 'table' || block.type === 'data_table').length > 1)
    add('invalid_attachments', 'only_one_table_allowed')
  const weight = weigh(blocks)
  if (weight > heaviestMessage)
    add('msg_blocks_too_long', `text and blocks weigh ${weight}, Slack takes about ${heaviestMessage}`)
  return found
}

function isEmpty(blocks: unknown): boolean {
  return Array.isArray(blocks) && blocks.length === 0
}

function metadataProblems(metadata: unknown): Problem[] {
  if (!isThing(metadata)) return [{ error: 'invalid_metadata_format', message: 'metadata must be an object' }]
  if (Object.keys(metadata).length === 0) return []
  if (JSON.stringify(metadata).length > largestMetadata)
    return [{ error: 'metadata_too_large', message: `metadata must be less than ${largestMetadata} bytes` }]
  if (typeof metadata.event_type === 'string' && metadata.event_type && isThing(metadata.event_payload)) return []
  return [{ error: 'invalid_metadata_format', message: 'metadata needs event_type and event_payload' }]
}

function viewProblems(kind: 'modal' | 'home', view: Thing): Problem[] {
  const bytes = Buffer.byteLength(JSON.stringify(view))
  const tooLarge = bytes > largestView ? [{ error: 'view_too_large', message: `the view has ${bytes} bytes` }] : []
  const blocks = Array.isArray(view.blocks) ? view.blocks : []
  const messages = [...shape(views[kind], view, '/view'), ...across(kind, blocks, '/view/blocks')]
  if (kind === 'modal' && !view.submit)
    for (const [at, block] of blocks.entries())
      if (isThing(block) && block.type === 'input')
        messages.push(
          `must define \`submit\` to use an \`input\` block in modals [json-pointer:/view/blocks/${at}/input]`,
        )
  return [...tooLarge, ...messages.map((message) => ({ error: 'invalid_arguments', message }))]
}

function shape(schema: z.ZodType, value: unknown, root: string): string[] {
  const answer = schema.safeParse(value, { reportInput: true })
  return (answer.error?.issues ?? []).map((issue) => slackSays(issue, root))
}

/** What no single block can tell: identifiers that repeat, elements on the wrong surface, several things in focus. */
function across(surface: Surface, blocks: readonly unknown[], root: string): string[] {
  const found: string[] = []
  const seen = new Set<unknown>()
  let focused = 0
  let markdown = 0
  for (const [at, block] of nested(blocks).entries()) {
    const where = `[json-pointer:${root}/${at}/block_id]`
    if (block.block_id !== undefined && seen.has(block.block_id))
      found.push(`block_id ${JSON.stringify(block.block_id)} is used twice, it must be unique ${where}`)
    seen.add(block.block_id)
    if (block.type === 'markdown') markdown += String(block.text).length
    found.push(...elementProblems(surface, block, `${root}/${at}`))
    focused += elementsOf(block).filter((element) => element.focus_on_load === true).length
  }
  if (focused > 1) found.push(`only one element may have focus_on_load [json-pointer:${root}]`)
  if (markdown > longestMarkdown)
    found.push(`markdown blocks together must be less than ${longestMarkdown + 1} characters [json-pointer:${root}]`)
  return found
}

const notOn: Record<Surface, readonly string[]> = {
  message: ['file_input'],
  modal: ['workflow_button'],
  home: ['file_input', 'workflow_button', 'datetimepicker'],
}

function elementProblems(surface: Surface, block: Thing, at: string): string[] {
  const found: string[] = []
  const seen = new Set<unknown>()
  for (const element of elementsOf(block)) {
    if (notOn[surface].includes(String(element.type)))
      found.push(`unsupported element: ${String(element.type)} [json-pointer:${at}]`)
    if (element.action_id !== undefined && seen.has(element.action_id))
      found.push(
        `action_id ${JSON.stringify(element.action_id)} is used twice in one block [json-pointer:${at}/elements]`,
      )
    seen.add(element.action_id)
  }
  return found
}

/** The interactive elements of one block. */
export function elementsOf(block: Thing): Thing[] {
  const lists = [block.elements, block.actions].flatMap((list) => (Array.isArray(list) ? list : []))
  const held = block.type === 'rich_text' || block.type === 'carousel' ? [] : lists
  return [...held, block.accessory, block.element].filter(isThing)
}

/** All blocks, with those inside containers and carousels. */
export function nested(blocks: readonly unknown[]): Thing[] {
  return blocks.filter(isThing).flatMap((block) => {
    if (block.type === 'container' && Array.isArray(block.child_blocks)) return [block, ...nested(block.child_blocks)]
    if (block.type === 'carousel' && Array.isArray(block.elements)) return [block, ...nested(block.elements)]
    return [block]
  })
}

function weigh(blocks: readonly unknown[]): number {
  return nested(blocks).length * blockWeight + textIn(blocks)
}

function textIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let sum = 0
  for (const [key, one] of Object.entries(value))
    sum += typeof one === 'string' ? (key === 'text' || key === 'title' ? one.length : 0) : textIn(one)
  return sum
}

export type Thing = Record<string, unknown>

export function isThing(value: unknown): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
