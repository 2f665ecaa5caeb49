#!/usr/bin/env node
/** The process: the only reader of the environment and of the arguments. */
import { readFileSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { CommandLine } from './cli/command-line.ts'
import { run } from './cli/run.ts'
import { createScrub, printable } from './log.ts'

// A second start compiles nothing again. The cache lies with the installed packages, where only who installs them writes.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/latchkey', import.meta.url)))

// A crash report of Node's own holds the environment otherwise, and with it the tokens.
process.report.excludeEnv = true
// Taking the signal over keeps it from opening Node's debugger, a door to everything in memory for all on this host.
process.on('SIGUSR1', () => undefined)

const secrets = new Set<string>()
const scrub = createScrub(() => secrets)

const line: CommandLine = {
  args: process.argv.slice(2),
  env: process.env,
  readFile: (path) => readFileSync(path, 'utf8'),
  learn: (more) => {
    for (const secret of more) secrets.add(secret)
  },
  out: (text) => void process.stdout.write(`${scrub(text)}\n`),
  err: (text) => void process.stderr.write(`${scrub(text)}\n`),
  show: (text) => void process.stdout.write(`${printable(text)}\n`),
  /** Resolves with the signal that asks the process to end. */
  ended: new Promise((done) => {
    process.once('SIGTERM', done)
    process.once('SIGINT', done)
  }),
  /** Something that must not fail has failed: say so and go, so that a supervisor starts afresh. */
  die: (error) => {
    line.err(printable(`Latchkey stops: ${error instanceof Error ? error.message : String(error)}`))
    process.exit(1)
  },
}

process.on('unhandledRejection', line.die)
process.on('uncaughtException', line.die)
process.exitCode = await run(line)
// A pipe takes what was written in its own time, 64 kB at once; ending before it would cut the rest off.
for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done))
// Keep-alive sockets of SDKs must not hold up the end once everything is stopped.
process.exit()
