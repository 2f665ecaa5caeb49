import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { everyPage, nextLink, path, Rejected, rest, unlessStatus } from '../../src/connector.ts'
import { type Answer, type Asked, type Pretend, pretend } from '../../src/sandbox/server.ts'

const open: Pretend[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.close()))))

async function acme(handle: (asked: Asked) => Answer) {
  const server = await pretend({ hosts: ['acme.test'], handle })
  open.push(server)
  const headers = () => ({ authorization: 'SSWS token' })
  const fetching = (url: URL, init: RequestInit) => fetch(url, init)
  return { server, api: rest({ vendor: 'Acme', base: `${server.url}/api/v1`, headers, fetch: fetching }) }
}

const User = z.object({ id: z.string() })

describe('what is asked', () => {
  test('carries query, JSON body and credential, and never a value that leads elsewhere', async () => {
    const { server, api } = await acme(() => ({ status: 200, body: { id: 'u1' } }))
    await api.order('change it', path`/users/${'a/b?c#d é'}`, {
      method: 'PATCH',
      query: { expand: ['a', 'b'], none: undefined },
      json: { on: false },
    })
    const asked = server.calls[0]?.asked as Asked
    expect(asked.path).toBe('/api/v1/users/a%2Fb%3Fc%23d%20%C3%A9')
    expect([...asked.query]).toEqual([
      ['expand', 'a'],
      ['expand', 'b'],
    ])
    expect(asked).toMatchObject({ method: 'PATCH', body: { on: false } })
    expect(asked.headers).toMatchObject({ authorization: 'SSWS token', 'content-type': 'application/json' })
  })

  test.each(['', '.', '..'])('is not sent where "%s" stands for a name', (name) => {
    expect(() => path`/users/${name}`).toThrow(Rejected)
  })

  test('goes nowhere but to the host of the settings', async () => {
    const { server, api } = await acme(() => ({ status: 200, body: { id: 'u1' } }))
    await expect(api.ask('list', 'http://169.254.169.254/latest', User)).rejects.toThrow('another host')
    expect(server.calls).toEqual([])
  })
})

describe('what is answered', () => {
  test('is handed on as the shape reads it, and refused where it is not of that shape', async () => {
    const { api } = await acme(({ path }) => ({ status: 200, body: path.endsWith('good') ? { id: 'u1', x: 1 } : {} }))
    expect(await api.ask('read it', '/good', User)).toEqual({ id: 'u1' })
    await expect(api.ask('read it', '/bad', User)).rejects.toThrow(
      `Acme's answer to "read it" could not be understood: id is missing.`,
    )
  })

  test.each([
    [{ errorCode: 'E0000007', errorSummary: 'Not found: Resource' }, 'Not found: Resource (403 E0000007)'],
    [{ message: 'Must have admin rights', documentation_url: 'x' }, 'Must have admin rights (403)'],
    [{ error: 'insufficient_scope', error_description: 'Too little' }, 'Too little (403 insufficient_scope)'],
    [{ error: { code: 'nope', message: 'Inner' } }, 'Inner (403 nope)'],
    [{ errors: [{ code: 'x', message: 'First' }] }, 'First (403 x)'],
    [{ errors: ['Only words'] }, 'Only words (403)'],
    [{}, 'without a reason (403)'],
  ])('as %j is told in the words of the vendor', async (body, words) => {
    const { api } = await acme(() => ({ status: 403, body }))
    await expect(api.ask('read it', '/users', User)).rejects.toThrow(`Acme refused to read it: ${words}.`)
  })

  test('is "not there" only where the vendor itself says it', async () => {
    const answers: Answer[] = [
      { status: 404, body: { message: 'Not Found' } },
      { status: 404, body: 'default backend - 404', headers: { 'content-type': 'text/plain' } },
      { status: 403, body: {} },
    ]
    const { api } = await acme(() => answers.shift() as Answer)
    expect(await api.find('read it', '/users/u1', User)).toBeUndefined()
    const foreign = await api.find('read it', '/users/u1', User).catch((error) => error)
    expect(foreign).toBeInstanceOf(Rejected)
    expect(foreign).toMatchObject({ status: undefined })
    await expect(api.find('read it', '/users/u1', User)).rejects.toThrow(Rejected)
  })

  test('that is no JSON is nothing known of a question, and in doubt of an order', async () => {
    const { api } = await acme(() => ({ status: 200, body: 'OK?', headers: { 'content-type': 'text/plain' } }))
    await expect(api.ask('read it', '/users', User)).rejects.toThrow('Nothing is known of it')
    const ordered = await api.order('delete it', '/users/u1', { method: 'DELETE' }).catch((error) => error)
    expect(ordered.message).toContain('It may not be done')
    expect(ordered).not.toBeInstanceOf(Rejected)
  })

  test('with "already so" may be taken for success', async () => {
    const gone = Promise.reject(new Rejected('gone', { status: 404 }))
    expect(await unlessStatus([404, 410], gone)).toBeUndefined()
    await expect(unlessStatus([404], Promise.reject(new Rejected('no', { status: 403 })))).rejects.toThrow('no')
  })
})

describe('a list in pages', () => {
  test('is read to its end, by the links that the vendor gives', async () => {
    const { server, api } = await acme(({ query }) => {
      const page = Number(query.get('page') ?? '1')
      const next = `<${server.url}/api/v1/users?page=${page + 1}>; rel="next"`
      const link = page < 3 ? [`<${server.url}/api/v1/users?page=1>; rel="first"`, next].join(', ') : ''
      return { status: 200, body: [{ id: `u${page}` }], headers: { link } }
    })
    const users = await everyPage('Acme', '/users', async (page) => {
      const { data, headers } = await api.answer('list users', page, z.array(User))
      return { items: data, next: nextLink(headers) }
    })
    expect(users.map((one) => one.id)).toEqual(['u1', 'u2', 'u3'])
  })

  test('that goes round in circles is refused', async () => {
    const read = async (page: string) => ({ items: [], next: page === 'a' ? 'b' : 'a' })
    await expect(everyPage('Acme', 'a', read)).rejects.toThrow('named the same page twice')
  })

  test.each([
    ['<https://a/?p=2>; rel="next"', 'https://a/?p=2'],
    ['<https://a/?p=1>; rel="prev", <https://a/?p=3>; rel=next', 'https://a/?p=3'],
    ['<https://a/?after=x,y>; rel="next"; title="n"', 'https://a/?after=x,y'],
    ['<https://a/?p=1>; rel="first"', undefined],
    ['', undefined],
  ])('%s leads on to %s', (link, next) => {
    expect(nextLink(new Headers({ link }))).toBe(next)
  })
})
