/** The connectors that speak JSON over HTTP by our own client, each with its pretend vendor; short pages, slow devices. */
import { loadConnector } from '../../src/app.ts'
import { pretendAtlassian } from '../../src/sandbox/atlassian/index.ts'
import { pretendBambooHr } from '../../src/sandbox/bamboohr/index.ts'
import { pretendFleet } from '../../src/sandbox/fleet/index.ts'
import { pretendGithub } from '../../src/sandbox/github/index.ts'
import { pretendGitlab } from '../../src/sandbox/gitlab/index.ts'
import { pretendGusto } from '../../src/sandbox/gusto/index.ts'
import { pretendHttp } from '../../src/sandbox/http/index.ts'
import { pretendJamf } from '../../src/sandbox/jamf/index.ts'
import { pretendJumpCloud } from '../../src/sandbox/jumpcloud/index.ts'
import { pretendKandji } from '../../src/sandbox/kandji/index.ts'
import { pretendOkta } from '../../src/sandbox/okta/index.ts'
import { pretendScim } from '../../src/sandbox/scim/index.ts'
import type { Pretend } from '../../src/sandbox/server.ts'
import { pretendSlackAdmin } from '../../src/sandbox/slack-admin/index.ts'
import { pretendZoom } from '../../src/sandbox/zoom/index.ts'
import { openRig, type Rig } from './vendor-rig.ts'

const pageSize = 2
const commandMs = 1e9

const vendors: Readonly<Record<string, () => Promise<Pretend & { settings: unknown }>>> = {
  atlassian: () => pretendAtlassian({ pageSize }),
  bamboohr: () => pretendBambooHr(),
  fleet: () => pretendFleet({ commandMs }),
  github: () => pretendGithub({ pageSize }),
  gitlab: () => pretendGitlab({ pageSize }),
  gusto: () => pretendGusto({ pageSize }),
  http: () => pretendHttp({ pageSize }),
  jamf: () => pretendJamf({ pageSize, commandMs }),
  jumpcloud: () => pretendJumpCloud({ commandMs }),
  kandji: () => pretendKandji({ pageSize, commandMs }),
  okta: () => pretendOkta({ pageSize }),
  scim: () => pretendScim({ pageSize }),
  slack: () => pretendSlackAdmin({ pageSize }),
  zoom: () => pretendZoom(),
}

export const restNames: readonly string[] = Object.keys(vendors)

export async function restRig(name: string): Promise<Rig> {
  const open = async () => {
    const server = await vendors[name]!()
    return { server, settings: server.settings }
  }
  return openRig({ connector: await loadConnector(name), open })
}
