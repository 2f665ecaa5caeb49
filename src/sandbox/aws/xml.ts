/** Answers of the query protocol as AWS writes them: https://docs.aws.amazon.com/IAM/latest/APIReference/ */
import { randomUUID } from 'node:crypto'
import type { Answer } from '../server.ts'
import type { AwsError } from './state.ts'

export type Xml = string | number | boolean | undefined | readonly Xml[] | { readonly [name: string]: Xml }

const namespaces = {
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
} as const

export type Service = keyof typeof namespaces

export function answered(service: Service, action: string, result: Xml): Answer {
  const id = randomUUID()
  const body = {
    ...(result === undefined ? {} : { [`${action}Result`]: result }),
    ResponseMetadata: { RequestId: id },
  }
  return send(200, id, `<${action}Response xmlns="${namespaces[service]}">${written(body)}</${action}Response>`)
}

export function refused(service: Service, error: AwsError): Answer {
  const id = randomUUID()
  const body = { Error: { Type: 'Sender', Code: error.code, Message: error.message }, RequestId: id }
  return send(error.status, id, `<ErrorResponse xmlns="${namespaces[service]}">${written(body)}</ErrorResponse>`)
}

function send(status: number, id: string, xml: string): Answer {
  return { status, body: xml, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id } }
}

/** A list is a row of `member` elements; what is undefined is left out. */
function written(value: Xml): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return value.map((one) => `<member>${written(one)}</member>`).join('')
  if (typeof value !== 'object') return escaped(String(value))
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => {
      const text = written(inner)
      return text ? `<${name}>${text}</${name}>` : `<${name}/>`
    })
    .join('')
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
