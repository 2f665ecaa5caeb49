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
    // Some answer nothing, or a bare `OK`.
    if (!/^\s*[[{]/.test(body)) return answerOf(status, known, body)
    const link = links[to](request.url, count)
    const linked: [string, string][] = [...known, ['link', `<${link}>; rel="next"`]]
    return answerOf(status, linked, JSON.stringify(withNext(JSON.parse(body), link, markers[to](count))))
  }
  return { answer, page: answer, never: undefined, told: `a next page: ${to}` }
}

/** As Microsoft, Google, Zoom, Slack and Atlassian name it; a bare list is followed by the header alone. */
function withNext(value: object, link: string, marker: string): object {
  if (Array.isArray(value)) return value
  const pages = { '@odata.nextLink': link, nextPageToken: marker, next_page_token: marker, cursor: marker }
  return { ...value, ...pages, response_metadata: { next_cursor: marker }, links: { next: marker } }
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
