/** Lists that point to elsewhere, to themselves, round in circles, and on for ever. */
import { answerOf, type Exchange } from './vendor-rig.ts'

export interface Made {
  answer(request: Request): Response | Promise<Response>
  page?(request: Request): Response
  never: string | undefined
  told: string
}

export function nextPage(target: Exchange, to: 'foreign' | 'same' | 'circle' | 'endless' | 'junk'): Made {
  let count = 0
  const answer = (request: Request): Response => {
    count += 1
    const { status, headers: known, body } = target
    if (body.startsWith('<')) return answerOf(status, known, xmlPage(body, markers[to](count)))
    if (body === '') return answerOf(status, known, body)
    const value = JSON.parse(body) as object
    const link = links[to](request.url, count)
    return answerOf(
      status,
      known,
      JSON.stringify({ ...value, '@odata.nextLink': link, nextPageToken: markers[to](count) }),
    )
  }
  return { answer, page: answer, never: undefined, told: `a next page: ${to}` }
}

const links = {
  foreign: () => 'https://evil.example/v1.0/users?$skiptoken=1',
  same: (url: string) => url,
  circle: (url: string, count: number) => `${url.split('&$circle')[0]}&$circle=${count % 3}`,
  endless: (url: string, count: number) => `${url.split('&$circle')[0]}&$circle=${count}`,
  junk: () => 'not an address',
}

const markers = {
  foreign: () => 'https://evil.example/',
  same: () => 'same',
  circle: (count: number) => `page ${count % 3}`,
  endless: (count: number) => `page ${count}`,
  junk: () => '\u0000<>&',
}

function xmlPage(body: string, marker: string): string {
  const escaped = marker.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const cleared = body.replace(/<IsTruncated>[^<]*<\/IsTruncated>/, '').replace(/<Marker>[^<]*<\/Marker>/, '')
  return cleared.replace(/<\/(\w+)Result>/, `<IsTruncated>true</IsTruncated><Marker>${escaped}</Marker></$1Result>`)
}
