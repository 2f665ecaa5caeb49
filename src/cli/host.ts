/** What `doctor` says of this very host: who else may read or change what Latchkey keeps and is given. */
import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { CommandLine } from './command-line.ts'
import { dataFolder, settingsFile } from './surroundings.ts'

/** One part of what `doctor` prints. */
export interface Finding {
  what: string
  /** Sentences that say what to do; empty where all is well. */
  problems: readonly string[]
  told: readonly string[]
}

/** Reads rights, never contents; the settings' text alone is read, for the names of the files that it takes secrets from. */
export async function hostFinding(line: CommandLine): Promise<Finding> {
  const what = 'This host'
  if (process.platform === 'win32')
    return { what, problems: [], told: ['who may read files is not looked at on Windows'] }
  const folder = dataFolder(line)
  const found = [...dataWarnings(folder), ...secretWarnings(line), ...settingsWarnings(line), ...processWarnings()]
  const problems = found.filter((one) => one.grave).map((one) => one.says)
  const notes = found.filter((one) => !one.grave).map((one) => `note: ${one.says}`)
  return { what, problems, told: [`data in ${folder}`, ...notes] }
}

interface Warning {
  /** Somebody else can change what happens, not merely read. */
  grave: boolean
  says: string
}

function dataWarnings(folder: string): Warning[] {
  const top = statOf(folder)
  if (!top) return [{ grave: false, says: `${folder} is not there yet; it is made at the first start, 0700.` }]
  if (grave(top))
    return [{ grave: true, says: `Others may change ${folder}, the record itself. IT: chmod -R go= ${folder}` }]
  // Nobody gets to what lies in a folder that is closed to them.
  if ((top.mode & 0o077) === 0) return []
  const open = [folder, ...below(folder)].filter((path) => ((lstatSync(path).mode ?? 0) & 0o077) !== 0)
  const more = open.length > 1 ? ` (and ${open.length - 1} below it, such as ${relative(folder, open[1] ?? '')})` : ''
  return [{ grave: false, says: `${folder} is open to others${more}: it says who leaves. IT: chmod -R go= ${folder}` }]
}

function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
}

/** The files that `${NAME_FILE}` in the settings stands for. */
function secretWarnings(line: CommandLine): Warning[] {
  const named = [...settingsText(line).matchAll(/\$\{([A-Z][A-Z0-9_]*_FILE)\}/g)].map(([, name]) => name ?? '')
  return [...new Set(named)].flatMap((name): Warning[] => {
    const path = line.env[name]
    const stats = path ? statOf(path) : undefined
    if (!path || !stats) return []
    if (grave(stats))
      return [{ grave: true, says: `Others may change ${path}, which ${name} names. IT: chmod 400 ${path}` }]
    if ((stats.mode & 0o077) === 0) return []
    return [{ grave: false, says: `Others may read ${path}, which ${name} names. IT: chmod 400 ${path}` }]
  })
}

/** No secret is in it, but whoever changes it decides who signs. */
function settingsWarnings(line: CommandLine): Warning[] {
  const path = settingsFile(line)
  const stats = statOf(path)
  if (!stats) return []
  if (grave(stats))
    return [{ grave: true, says: `Others may change ${path}, and with it who signs. IT: chmod 640 ${path}` }]
  if ((stats.mode & 0o024) === 0) return []
  return [
    { grave: false, says: `${path} is open to others: it says who signs, and which systems. IT: chmod 640 ${path}` },
  ]
}

function processWarnings(): Warning[] {
  if (process.getuid?.() !== 0) return []
  return [{ grave: false, says: 'Latchkey runs as root, which it never needs. IT gives it a user of its own.' }]
}

/** Everybody on the host; a group is often one's own. */
function grave(stats: Stats): boolean {
  return (stats.mode & 0o002) !== 0
}

function settingsText(line: CommandLine): string {
  return readFileSync(settingsFile(line), 'utf8')
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}
