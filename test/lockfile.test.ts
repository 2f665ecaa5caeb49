import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Locked {
  version?: string
  integrity?: string
  resolved?: string
  link?: true
}

interface Manifest {
  dependencies: Record<string, string>
  optionalDependencies: Record<string, string>
  devDependencies: Record<string, string>
}

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const manifest = JSON.parse(read('package.json')) as Manifest
const lock = JSON.parse(read('package-lock.json')) as { lockfileVersion: number; packages: Record<string, Locked> }
const installed = Object.entries(lock.packages).filter(([path]) => path !== '')

it('has an SHA-512 for everything that is installed', () => {
  expect(lock.lockfileVersion).toBe(3)
  expect(installed.length).toBeGreaterThan(100)
  const without = installed.filter(([, one]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(one.integrity ?? ''))
  expect(without).toEqual([])
})

it('takes everything from the registry of whoever installs: no host, no git, no folder, no link', () => {
  const elsewhere = installed.filter(([, one]) => one.resolved !== undefined || one.link)
  expect(elsewhere).toEqual([])
})

const direct = Object.entries({
  ...manifest.dependencies,
  ...manifest.optionalDependencies,
  ...manifest.devDependencies,
})

it.each(direct)('%s is at one exact version, the locked one', (name, version) => {
  expect(version).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
  expect(lock.packages[`node_modules/${name}`]?.version).toBe(version)
})

it('locks nothing that the manifest does not say', () => {
  expect(lock.packages['']).toMatchObject({
    dependencies: manifest.dependencies,
    optionalDependencies: manifest.optionalDependencies,
    devDependencies: manifest.devDependencies,
  })
})

it('says no package in docs/decisions that is not there', () => {
  const named = [...read('docs/decisions/0005-dependencies.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name)
  expect(named.toSorted()).toEqual(direct.map(([name]) => name).toSorted())
})

it.each(direct.map(([name]) => name))('%s has its reason in docs/decisions', (name) => {
  expect(read('docs/decisions/0005-dependencies.md')).toContain(`| \`${name}\` |`)
})
