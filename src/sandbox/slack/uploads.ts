/** The bytes of files: where they are sent to, and where the bot can fetch them. */
import type { Asked, Reply } from './server.ts'
import type { Workspace } from './workspace.ts'

/** Multipart with one part, as @slack/web-api sends it, or the bare bytes. */
export async function upload(state: Workspace, asked: Asked): Promise<Reply> {
  const file = state.files.get(asked.path.split('/')[3] ?? '')
  if (!file) return { status: 404, body: 'no such upload' }
  const bytes = asked.type.startsWith('multipart/') ? await onlyPart(asked) : asked.body
  if (bytes.length !== file.length) return { status: 400, body: `expected ${file.length} bytes, got ${bytes.length}` }
  file.bytes = bytes
  return { status: 200, body: `OK - ${bytes.length}` }
}

async function onlyPart({ body, type }: Asked): Promise<Buffer> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const part = [...form.values()][0]
  return part instanceof Blob ? Buffer.from(await part.arrayBuffer()) : Buffer.from(part ?? '')
}

export function download(state: Workspace, asked: Asked, botToken: string): Reply {
  const file = state.files.get(asked.path.split('/')[2] ?? '')
  if (!file?.bytes || asked.token !== botToken) return { status: 404, body: 'not found' }
  return { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: file.bytes }
}
