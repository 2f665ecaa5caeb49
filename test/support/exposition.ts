/** Reads what `GET /metrics` answers, strictly, as the format is published: prometheus.io/docs/instrumenting/exposition_formats */

export interface Family {
  type: string
  help: string
  samples: Sample[]
}

export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

const head = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/
const line = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy

/** Throws where a line is not as published, or belongs to no family that was announced before it. */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, Family>()
  for (const one of text.split('\n')) {
    if (one === '') continue
    if (one.startsWith('#')) announce(families, one)
    else addSample(families, one)
  }
  return families
}

function announce(families: Map<string, Family>, text: string): void {
  const [, kind, name = '', words = ''] = head.exec(text) ?? []
  if (!kind) throw new Error(`no comment of the format: ${text}`)
  const family = families.get(name) ?? { type: '', help: '', samples: [] }
  if (kind === 'HELP') family.help = words
  else family.type = words
  families.set(name, family)
}

function addSample(families: Map<string, Family>, text: string): void {
  const [, name = '', inner = '', value = ''] = line.exec(text) ?? []
  const family = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, ''))
  const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value)
  // Go's ParseFloat, which Prometheus reads with, takes NaN in any case; prom-client writes "Nan".
  if (!family || (Number.isNaN(number) && !/^nan$/i.test(value))) throw new Error(`no sample of the format: ${text}`)
  const pairs = [...inner.matchAll(label)]
  if (pairs.map((pair) => pair[0]).join('') !== inner) throw new Error(`no labels of the format: ${text}`)
  const labels = Object.fromEntries(pairs.map((pair) => [pair[1] ?? '', pair[2] ?? '']))
  family.samples.push({ name, labels, value: number })
}

/** The sum of all samples of this name whose labels are so. */
export function metric(families: Map<string, Family>, name: string, labels: Record<string, string> = {}): number {
  const all = [...families.values()].flatMap((family) => family.samples)
  const fits = all.filter(
    (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels[key] === value),
  )
  if (fits.length === 0) throw new Error(`there is no ${name} with ${JSON.stringify(labels)}`)
  return fits.reduce((sum, one) => sum + one.value, 0)
}
