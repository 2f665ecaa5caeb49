/** Where a system of one's own may lead, and where not: by number, by name, and by what the name leads to later. */
import { describe, expect, it } from 'vitest'
import { guardOf } from '../../connectors/http/addresses.ts'
import { connect } from '../../connectors/http/client.ts'
import http from '../../connectors/http/index.ts'
import { Settings } from '../../connectors/http/settings.ts'
import { Secret } from '../../src/connector.ts'
import { settingsFor } from '../../src/sandbox/http/settings.ts'

const plain = () => settingsFor('192.0.2.10', { header: 'X-Api-Key', value: new Secret('x') })

describe('where it may not lead', () => {
  const leadsTo = (address: string) => async () => [{ address, family: address.includes(':') ? 6 : 4 }]
  const ask = (url: string, allow: string[] = [], address = '203.0.113.7') =>
    guardOf(allow, leadsTo(address))(new URL(url))

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0.0.0.0/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.100.100.200/',
    'https://168.63.129.16/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fd00:ec2::254]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
  ])('%s', async (url) => {
    await expect(ask(url)).rejects.toThrow("under 'allow'")
  })

  it.each(['127.0.0.1', '169.254.169.254', '::1', 'fd00:ec2::254', '::ffff:127.0.0.1'])(
    'a name that leads to %s',
    async (address) => {
      await expect(ask('https://desk.example.com/', [], address)).rejects.toThrow(
        `desk.example.com leads to ${address}`,
      )
    },
  )

  it('a name of which one address of several is such a one', async () => {
    const both = async () => [
      { address: '203.0.113.7', family: 4 },
      { address: '169.254.169.254', family: 4 },
    ]
    await expect(guardOf([], both)(new URL('https://desk.example.com/'))).rejects.toThrow('169.254.169.254')
  })

  it('localhost, by the name service of this machine', async () => {
    await expect(guardOf([])(new URL('https://localhost/'))).rejects.toThrow('localhost leads to')
  })

  it('and where it may: private networks, the world, and what the settings allow', async () => {
    await ask('https://10.1.2.3/')
    await ask('https://192.168.0.5/')
    await ask('https://[fd12:3456::1]/')
    await ask('https://desk.example.com/')
    await ask('https://169.254.10.20/', ['169.254.10.0/24'])
    await expect(ask('https://169.254.11.20/', ['169.254.10.0/24'])).rejects.toThrow("under 'allow'")
  })

  it('asks anew before each request, follows no redirect, and sends nothing where the name has moved', async () => {
    const sent: string[] = []
    const gate = {
      fetch: async (url: string | URL | Request, init?: RequestInit) => {
        sent.push(`${url} ${init?.redirect}`)
        return Response.json({ client: {} })
      },
      schedule: () => Promise.reject(new Error('not HTTP')),
    }
    let address = '203.0.113.7'
    const settings = Settings.parse({ ...plain(), baseUrl: 'https://desk.example.com' })
    const client = connect(settings, gate, async () => [{ address, family: 4 }])
    await http.check(client)
    address = '169.254.169.254'
    await expect(http.check(client)).rejects.toThrow('desk.example.com leads to 169.254.169.254')
    expect(sent).toEqual(['https://desk.example.com/self manual'])
  })
})
