import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { gestures } from '../commands/index.ts'
import { freeMethods, missingScopes, scopes } from '../src/slack/scopes.ts'

const manifest = parse(readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8'))
const triggers = gestures.flatMap((gesture) => gesture.on)

function sources(folder: URL): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((one) => one.isFile() && one.name.endsWith('.ts'))
    .map((one) => readFileSync(`${one.parentPath}/${one.name}`, 'utf8'))
}

/** Every Web API method that slack/ calls, as `web.chat.postMessage(…)` or through the upload helper. */
function methodsUsed(): string[] {
  const code = sources(new URL('../src/slack/', import.meta.url))
    .join('\n')
    .replace(/\bweb(\(\))?\.(quick|slow)\./g, 'web.')
    .replace(/\bweb\(\)\./g, 'web.')
  const direct = [...code.matchAll(/\b(?:web|quick|slow)\.((?:[a-zA-Z]+\.)+[a-zA-Z]+)\(/g)].map(
    (match) => match[1] ?? '',
  )
  const upload = code.includes('.filesUploadV2(') ? ['files.getUploadURLExternal', 'files.completeUploadExternal'] : []
  return [...new Set([...direct, ...upload])]
}

describe('manifest.yml', () => {
  test('has exactly the commands that gestures hear, escaped by Slack', () => {
    const heard = new Set(triggers.flatMap((on) => ('command' in on ? [on.command] : [])))
    expect(manifest.features.slash_commands.map((one: { command: string }) => one.command)).toEqual([...heard])
    for (const one of manifest.features.slash_commands) expect(one.should_escape).toBe(true)
  })

  test('hints at every word that can be typed', () => {
    const words = triggers.flatMap((on) => ('command' in on && on.word ? [on.word] : []))
    const hint: string = manifest.features.slash_commands[0].usage_hint
    for (const word of words) expect(hint).toContain(word)
  })

  test('has exactly the shortcuts and events that gestures hear', () => {
    const shortcuts = triggers.flatMap((on) => ('shortcut' in on ? [{ name: on.title, callback_id: on.shortcut }] : []))
    const declared = manifest.features.shortcuts.map(({ name, callback_id }: Record<string, string>) => ({
      name,
      callback_id,
    }))
    expect(declared).toEqual(shortcuts)
    const events = triggers.flatMap((on) => ('event' in on ? [on.event] : []))
    expect([...manifest.settings.event_subscriptions.bot_events].sort()).toEqual([...events].sort())
  })

  test('asks for exactly the scopes that the code has a use for', () => {
    expect([...manifest.oauth_config.scopes.bot].sort()).toEqual(scopes.map((scope) => scope.name).sort())
    expect(missingScopes(manifest.oauth_config.scopes.bot)).toEqual([])
    expect(missingScopes(['commands']).length).toBe(scopes.length - 1)
  })

  test('has a scope for every method that is called, and no scope that no method needs', () => {
    const used = methodsUsed()
    const covered = new Set([...scopes.flatMap((scope) => scope.methods), ...freeMethods])
    expect(used.length).toBeGreaterThan(10)
    expect(used.filter((method) => !covered.has(method))).toEqual([])
    const idle = scopes.filter(
      (scope) => scope.methods.length > 0 && !scope.methods.some((method) => used.includes(method)),
    )
    expect(idle).toEqual([])
  })

  test('stays within the lengths that Slack takes', () => {
    const { name, description, long_description: long } = manifest.display_information
    expect(name).toBe('Latchkey')
    expect(description.length).toBeLessThanOrEqual(140)
    expect(long.length).toBeGreaterThanOrEqual(175)
    expect(long.length).toBeLessThanOrEqual(4000)
    for (const one of manifest.features.shortcuts) expect(one.name.length).toBeLessThanOrEqual(24)
  })

  test('runs over sockets, with a home tab and no Workflow Builder step', () => {
    expect(manifest.settings.socket_mode_enabled).toBe(true)
    expect(manifest.features.app_home).toMatchObject({ home_tab_enabled: true, messages_tab_enabled: true })
    expect(manifest).not.toHaveProperty('functions')
  })
})

describe('commands/', () => {
  test('has every one of its files in the list', async () => {
    const files = readdirSync(new URL('../commands/', import.meta.url)).filter((name) => name !== 'index.ts')
    const modules = await Promise.all(files.map((name) => import(new URL(`../commands/${name}`, import.meta.url).href)))
    expect(new Set(gestures)).toEqual(new Set(modules.map((module) => module.default)))
  })

  test('has no trigger that two gestures hear', () => {
    const all = triggers.map((on) => JSON.stringify(on))
    expect(new Set(all).size).toBe(all.length)
  })
})
