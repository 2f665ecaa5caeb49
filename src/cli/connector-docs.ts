/** docs/connectors: a page for each connector, its facts from the connector itself and the rest written by hand. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Area, type AutomaticStep, type Connector, isManual, type Step } from '../connector.ts'

/** From here on a page is written by hand, and stays as it is. */
export const byHandFrom = '## Credential'
const notice = `<!-- Written by "npm run docs" from the connector itself, down to "${byHandFrom}"; what comes after is written by hand. -->`

/** What has to be in the part that is written by hand. */
export const headings = [byHandFrom, '## What is not done, and why', '## Limits and traps'] as const

const areas: Readonly<Record<Area, string>> = {
  directory: 'directory',
  infrastructure: 'infrastructure',
  applications: 'applications',
  devices: 'devices',
  records: 'records',
}

/** `written`: the page as it is; its part that is written by hand is kept. */
export function pageOf(connector: Connector, written: string | undefined): string {
  // The line itself: the notice above names the heading, too.
  const from = written?.search(new RegExp(`^${byHandFrom}$`, 'm')) ?? -1
  const byHand = written !== undefined && from >= 0 ? written.slice(from).trimEnd() : headings.join('\n\n')
  const { title, id, rights, limits, steps } = connector
  const parts = [
    `# ${title}`,
    notice,
    `\`${id}\` in the settings. Acts in: ${areasOf(connector).join(', ') || 'what the settings say'}.`,
    '## What is done',
    steps.length > 0
      ? table(['step', 'area', 'when', 'how it is known'], steps.map(stepRow))
      : 'What the settings say.',
    '## Rights that it needs',
    rights.length > 0
      ? table(
          ['right', 'for'],
          rights.map((one) => [`\`${one.name}\``, one.for]),
        )
      : 'None beside signing in.',
    '## How fast it asks',
    table(
      ['limit', 'calls a second', 'at once', 'source of the figure'],
      limits.map((one) => [one.id, String(one.perSecond), String(one.concurrent), one.source]),
    ),
    byHand,
  ]
  return `${parts.join('\n\n')}\n`
}

function stepRow(step: Step): string[] {
  const head = [`${step.title} (\`${step.id}\`)`, areas[step.area]]
  if (isManual(step))
    return [...head, step.phase, `a task for ${step.owner.toUpperCase()}; a person says that it is done`]
  const when = step.irreversible ? `${step.phase}, irreversible: later` : step.phase
  const proof = step.proof === 'none' ? 'acknowledged; the system cannot be asked' : 'asked again'
  return [...head, when, step.undo ? `${proof}; can be given back` : proof]
}

function areasOf({ steps }: Connector): string[] {
  return Object.keys(areas).filter((area) => steps.some((step) => step.area === area))
}

/** What each can prove, on one page. */
export function overviewOf(connectors: readonly Connector[]): string {
  const rows = connectors.map((connector) => {
    const { id, title, steps } = connector
    const automatic = steps.filter((step) => !isManual(step)) as AutomaticStep[]
    const proved = automatic.filter((step) => step.proof !== 'none').length
    const undone = automatic.filter((step) => step.undo).length
    const later = automatic.filter((step) => step.irreversible).length
    const counts = [proved, automatic.length - proved, steps.length - automatic.length, undone, later].map(String)
    return [`[${title}](${id}.md)`, areasOf(connector).join(', '), ...counts]
  })
  const head = [
    'system',
    'areas',
    'proved by asking again',
    'acknowledged only',
    'by people',
    'can be given back',
    'irreversible',
  ]
  const text = [
    '# All systems, and what each can prove',
    '<!-- Written by "npm run docs". -->',
    'Steps of each connector, counted. What only the settings tell (`http`) is not in it.',
    table(head, rows),
    'How to write one: [the guide](../connector-guide.md).',
  ]
  return `${text.join('\n\n')}\n`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((one) => one.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Every page that there should be, by path. */
export function pagesOf(connectors: readonly Connector[], folder: string): Map<string, string> {
  const pages = new Map([[join(folder, 'README.md'), overviewOf(connectors)]])
  for (const connector of connectors) {
    const path = join(folder, `${connector.id}.md`)
    pages.set(path, pageOf(connector, existsSync(path) ? readFileSync(path, 'utf8') : undefined))
  }
  return pages
}

/** Answers the pages of connectors that are no more, for a person to remove. */
export function writePages(connectors: readonly Connector[], folder: string): string[] {
  const pages = pagesOf(connectors, folder)
  for (const [path, text] of pages) writeFileSync(path, text)
  return readdirSync(folder).filter((name) => !pages.has(join(folder, name)))
}
