/** `latchkey connectors`: what there is to act in, and what each does, from the connectors themselves. */
import { fileURLToPath } from 'node:url'
import { knownConnectors, loadConnector } from '../app.ts'
import { type Connector, isManual, type Step } from '../connector.ts'
import { expectOnly, type Subcommand } from './command-line.ts'
import { writePages } from './connector-docs.ts'

const docs = fileURLToPath(new URL('../../docs/connectors', import.meta.url))

export default {
  usage: 'connectors [--json | --write-docs]',
  summary: 'each connector with its rights, limits and steps',
  async run(line, args) {
    expectOnly(args, { options: ['--json', '--write-docs'] })
    const all = await Promise.all(knownConnectors().map(loadConnector))
    if (args.includes('--json')) line.out(JSON.stringify(all.map(described), null, 2))
    else if (args.includes('--write-docs')) {
      for (const name of writePages(all, docs)) line.out(`${name} is the page of no connector; remove it.`)
    } else line.out(all.map(spoken).join('\n\n'))
    return 0
  },
} satisfies Subcommand

function described(connector: Connector) {
  const { id, title, rights, limits } = connector
  const spokenLimits = limits.map(({ id, perSecond, concurrent, source }) => ({ id, perSecond, concurrent, source }))
  return { id, title, rights, limits: spokenLimits, steps: connector.steps.map(stepData) }
}

function stepData(step: Step) {
  const { id, title, area, phase, needs, after } = step
  const head = { id, title, area, phase, ...(needs ? { needs } : {}), ...(after ? { after } : {}) }
  if (isManual(step)) return { ...head, manual: true, owner: step.owner }
  return {
    ...head,
    irreversible: step.irreversible ?? false,
    proof: step.proof ?? 'read back',
    undo: step.undo !== undefined,
  }
}

function spoken(connector: Connector): string {
  const steps = connector.steps.map((step) => {
    const marks = isManual(step)
      ? ['by hand']
      : [step.irreversible && 'irreversible', step.proof && 'no proof to be had', step.undo && 'can be given back']
    const told = marks.filter(Boolean).join(', ')
    return `  ${step.phase.padEnd(9)}${step.area.padEnd(15)}${step.title}${told ? ` (${told})` : ''}`
  })
  const rights = connector.rights.map((right) => `    ${right.name}: ${right.for}`)
  return [`${connector.title} (${connector.id})`, ...steps, '  rights', ...rights].join('\n')
}
